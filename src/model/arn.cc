// Taking ARNs apart at their colons, and the patterns of each part, for functions, things and connectors.
#include "model/arn.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text/ascii.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxArn = 512;
constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

Error bad_arn(std::string_view text, std::string_view why) {
  return Error(Code::invalid_argument, fmt::format("\"{}\" is not a valid ARN: {}", text.substr(0, 200), why));
}

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kWordCharacters) == std::string_view::npos;
}

/// The `index`th colon-separated field; the last one asked for may be missing.
std::string_view field(std::string_view text, int index) {
  for (; index > 0; --index) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    text.remove_prefix(colon + 1);
  }
  return text.substr(0, text.find(':'));
}

bool is_account(std::string_view text) { return text.size() == 12 && std::ranges::all_of(text, is_digit); }

std::string_view check_place(const ArnParts& parts) {
  if (!parts.partition.starts_with("aws") || !is_word(parts.partition)) return "the partition is not aws";
  if (!parts.region.empty() && !is_word(parts.region)) return "bad region";
  const bool account_is_good = parts.account.empty() || parts.account == "aws" || is_account(parts.account);
  return account_is_good ? "" : "the account is not twelve digits";
}

std::string_view check_function_parts(const ArnParts& parts, std::string_view name, std::string_view qualifier) {
  if (parts.service != "lambda") return "the service is not lambda";
  if (const std::string_view problem = check_place(parts); !problem.empty()) return problem;
  if (parts.region.empty() != parts.account.empty()) return "region and account must both be given or both be empty";
  if (!is_word(name) || name.size() > 140) return "bad function name";
  if (qualifier != "$LATEST" && !is_word(qualifier)) return "bad qualifier";
  return {};
}

constexpr std::string_view kConnectors = "/connectors/";
constexpr std::string_view kVersions = "/versions/";

/// Name and version of "/connectors/NAME/versions/NUMBER"; empty where there is none.
std::pair<std::string_view, std::string_view> connector_parts(std::string_view resource) {
  if (!resource.starts_with(kConnectors)) return {};
  resource.remove_prefix(kConnectors.size());
  const std::size_t end = resource.find(kVersions);
  if (end == std::string_view::npos) return {};
  return {resource.substr(0, end), resource.substr(end + kVersions.size())};
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<ArnParts> parse_arn(std::string_view text) {
  if (text.size() > kMaxArn) return bad_arn(text, "it is longer than 512 bytes");
  std::array<std::string, 5> fields;
  std::string_view rest = text;
  for (std::string& out : fields) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return bad_arn(text, "it has fewer than six parts");
    out = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (fields[0] != "arn") return bad_arn(text, "it does not begin with \"arn:\"");
  if (rest.empty()) return bad_arn(text, "the resource is empty");
  return ArnParts{.partition = fields[1],
                  .service = fields[2],
                  .region = fields[3],
                  .account = fields[4],
                  .resource = std::string(rest)};
}

Result<FunctionArn> FunctionArn::parse(std::string_view text) {
  FESCUE_TRY(parts, parse_arn(text));
  const std::string_view resource = parts.resource;
  if (!resource.starts_with("function:")) return bad_arn(text, "the resource is not a function");
  const std::string_view rest = resource.substr(9);
  const std::size_t colon = rest.find(':');
  const std::string_view name = rest.substr(0, colon);
  const std::string_view qualifier = colon == std::string_view::npos ? "none" : rest.substr(colon + 1);
  const std::string_view problem = check_function_parts(parts, name, qualifier);
  if (!problem.empty()) return bad_arn(text, problem);
  FunctionArn arn;
  arn.text_ = text;
  return arn;
}

FunctionArn FunctionArn::make(const Region& region, const AccountId& account, std::string_view name,
                              std::string_view qualifier) {
  FunctionArn arn;
  arn.text_ = fmt::format("arn:aws:lambda:{}:{}:function:{}", region.view(), account.view(), name);
  return qualifier.empty() ? arn : arn.with_qualifier(qualifier);
}

std::string_view FunctionArn::region() const { return field(text_, 3); }
std::string_view FunctionArn::account() const { return field(text_, 4); }
std::string_view FunctionArn::name() const { return field(text_, 6); }
std::string_view FunctionArn::qualifier() const { return field(text_, 7); }

FunctionArn FunctionArn::unqualified() const {
  FunctionArn arn;
  const std::string_view last = qualifier();
  arn.text_ = last.empty() ? text_ : text_.substr(0, text_.size() - last.size() - 1);
  return arn;
}

FunctionArn FunctionArn::with_qualifier(std::string_view qualifier) const {
  FunctionArn arn = unqualified();
  arn.text_ += fmt::format(":{}", qualifier);
  return arn;
}

namespace system_function {
const FunctionArn router = FunctionArn::make({}, {}, "GGRouter");
const FunctionArn shadow = FunctionArn::make({}, {}, "GGShadowService");
const FunctionArn secret_manager = FunctionArn::make({}, {}, "GGSecretManager");
}  // namespace system_function

Result<ThingName> parse_thing_name(std::string_view text) {
  const bool legal =
      std::ranges::all_of(text, [](char c) { return c == ':' || kWordCharacters.find(c) != std::string_view::npos; });
  if (text.empty() || text.size() > 128 || !legal) {
    return Error(Code::invalid_argument,
                 fmt::format("\"{}\" is not a thing name ([a-zA-Z0-9:_-], 1 to 128)", text.substr(0, 140)));
  }
  return ThingName(std::string(text));
}

Result<ThingArn> ThingArn::parse(std::string_view text) {
  FESCUE_TRY(parts, parse_arn(text));
  if (parts.service != "iot" || !parts.resource.starts_with("thing/")) return bad_arn(text, "it does not name a thing");
  if (const std::string_view problem = check_place(parts); !problem.empty()) return bad_arn(text, problem);
  FESCUE_CHECK(parse_thing_name(std::string_view(parts.resource).substr(6)));
  ThingArn arn;
  arn.text_ = text;
  return arn;
}

ThingArn ThingArn::make(const Region& region, const AccountId& account, const ThingName& name) {
  ThingArn arn;
  arn.text_ = fmt::format("arn:aws:iot:{}:{}:thing/{}", region.view(), account.view(), name.view());
  return arn;
}

ThingName ThingArn::thing_name() const { return ThingName(text_.substr(text_.find('/') + 1)); }

Result<ConnectorArn> ConnectorArn::parse(std::string_view text) {
  FESCUE_TRY(parts, parse_arn(text));
  const auto [name, version] = connector_parts(parts.resource);
  if (parts.service != "greengrass" || !is_word(name) || !is_number(version)) {
    return bad_arn(text, "it does not name a version of a connector");
  }
  if (const std::string_view problem = check_place(parts); !problem.empty()) return bad_arn(text, problem);
  ConnectorArn arn;
  arn.text_ = text;
  return arn;
}

std::string_view ConnectorArn::name() const { return connector_parts(field(text_, 5)).first; }
std::string_view ConnectorArn::version() const { return connector_parts(field(text_, 5)).second; }

}  // namespace fescue
