// Parsing each spelling of a function's name and finding the one deployed version that it fits.
#include "core/admin/function_names.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/ascii.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxListed = 20;
constexpr std::string_view kLatest = "$LATEST";

struct FunctionName {
  std::string region, account;  // empty: any
  std::string name;
  std::string qualifier;
};

Error malformed(std::string_view text) {
  return Error(Code::invalid_argument,
               fmt::format("\"{}\" is not a function name, a partial ARN or an ARN", text.substr(0, kMaxText)));
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

/// NAME[:QUALIFIER] or ACCOUNT:function:NAME[:QUALIFIER].
Result<FunctionName> parse_partial(std::string_view text) {
  FunctionName out;
  std::string_view rest = text;
  if (const std::size_t middle = rest.find(":function:"); middle != std::string_view::npos) {
    out.account = rest.substr(0, middle);
    rest.remove_prefix(middle + std::string_view(":function:").size());
    if (!is_word(out.account)) return malformed(text);
  }
  const std::size_t colon = rest.find(':');
  out.name = rest.substr(0, colon);
  if (colon != std::string_view::npos) {
    out.qualifier = rest.substr(colon + 1);
    if (!is_word(out.qualifier) && out.qualifier != kLatest) return malformed(text);
  }
  if (!is_word(out.name)) return malformed(text);
  return out;
}

Result<FunctionName> parse_name(std::string_view text) {
  if (text.size() > kMaxText) return malformed(text);
  if (!text.starts_with("arn:")) return parse_partial(text);
  const auto arn = FunctionArn::parse(text);
  if (!arn) return Error(Code::invalid_argument, arn.error().message());
  return FunctionName{std::string(arn->region()), std::string(arn->account()), std::string(arn->name()),
                      std::string(arn->qualifier())};
}

bool fits(const FunctionName& wanted, const FunctionArn& arn) {
  return arn.name() == wanted.name && (wanted.region.empty() || wanted.region == arn.region()) &&
         (wanted.account.empty() || wanted.account == arn.account());
}

std::string list_names(const std::vector<FunctionArn>& functions) {
  if (functions.empty()) return "no function is deployed on this core";
  std::vector<std::string> names;
  names.reserve(functions.size());
  for (const FunctionArn& arn : functions) names.push_back(fmt::format("{}:{}", arn.name(), arn.qualifier()));
  std::ranges::sort(names);
  const std::size_t more = names.size() > kMaxListed ? names.size() - kMaxListed : 0;
  names.resize(names.size() - more);
  const std::string rest = more == 0 ? "" : fmt::format(" and {} more", more);
  return fmt::format("deployed on this core: {}{}", fmt::join(names, ", "), rest);
}

Error not_deployed(std::string_view text, std::string_view qualifier, const std::vector<FunctionArn>& deployed) {
  std::string hint;
  if (std::ranges::all_of(qualifier, is_digit)) {
    if (!qualifier.empty()) hint = fmt::format("; version {} is not deployed", qualifier);
  } else {
    hint = fmt::format(" ({}); a core has versions, not aliases", qualifier);
  }
  return Error(Code::not_found, fmt::format("Function not found: {}{}; {}", text, hint, list_names(deployed)));
}

}  // namespace

Result<FunctionArn> resolve_function(std::string_view name, std::string_view qualifier,
                                     const std::vector<FunctionArn>& deployed) {
  FESCUE_TRY(wanted, parse_name(name));
  if (!qualifier.empty() && !wanted.qualifier.empty() && qualifier != wanted.qualifier) {
    return Error(Code::invalid_argument,
                 fmt::format("The derived qualifier from the function name ({}) does not match the specified qualifier "
                             "({}).",
                             wanted.qualifier, qualifier.substr(0, kMaxText)));
  }
  if (wanted.qualifier.empty()) wanted.qualifier = qualifier.substr(0, kMaxText);

  std::vector<FunctionArn> versions;
  std::ranges::copy_if(deployed, std::back_inserter(versions), [&](const auto& arn) { return fits(wanted, arn); });
  if (versions.empty()) return not_deployed(name, "", deployed);
  if (wanted.qualifier.empty()) {
    if (versions.size() == 1) return versions.front();
    return Error(Code::invalid_argument,
                 fmt::format("{} has several versions here, say which; {}", name, list_names(versions)));
  }
  const auto exact = std::ranges::find(versions, wanted.qualifier, &FunctionArn::qualifier);
  if (exact != versions.end()) return *exact;
  return not_deployed(name, wanted.qualifier, versions);
}

}  // namespace fescue
