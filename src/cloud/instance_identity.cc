// The rules of both names, and the file that keeps them.
#include "cloud/instance_identity.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text/ascii.h"
#include "model/json_reader.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxRegion = 63;  // it is a label of host names
constexpr std::size_t kAccountDigits = 12;

std::string path_in(const std::string& directory) { return directory + "/instance.json"; }

Result<InstanceIdentity> parse_identity(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader reader(document, "");
  FESCUE_TRY(region_text, reader.string("region"));
  FESCUE_TRY(account_text, reader.string("account"));
  FESCUE_TRY(region, parse_region(region_text));
  FESCUE_TRY(account, parse_account_id(account_text));
  return InstanceIdentity{std::move(region), std::move(account)};
}

Error contradiction(std::string_view option, std::string_view kept, std::string_view wanted,
                    const std::string& directory) {
  return Error(Code::conflict,
               fmt::format("{} is {} since the first start in {}, and stands in every ARN there; it cannot become {}. "
                           "Leave the option out, or begin anew in another directory",
                           option, kept, directory, wanted));
}

}  // namespace

Result<Region> parse_region(std::string_view text) {
  const bool is_good =
      !text.empty() && text.size() <= kMaxRegion && text.front() != '-' && text.back() != '-' &&
      std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
  if (is_good) return Region(std::string(text));
  return Error(Code::invalid_argument, fmt::format("\"{}\" is no region (as in us-west-2)", text.substr(0, 100)));
}

Result<AccountId> parse_account_id(std::string_view text) {
  if (text.size() == kAccountDigits && std::ranges::all_of(text, is_digit)) return AccountId(std::string(text));
  return Error(Code::invalid_argument, fmt::format("\"{}\" is no account: twelve digits", text.substr(0, 100)));
}

Result<InstanceIdentity> resolve_identity(const std::string& data_directory, const WantedIdentity& wanted) {
  const std::string path = path_in(data_directory);
  const auto text = real_file_system().read(path, kMaxBytes);
  if (!text && text.error().code() == Code::not_found) {
    const InstanceIdentity defaults;
    return InstanceIdentity{wanted.region.value_or(defaults.region), wanted.account.value_or(defaults.account)};
  }
  if (!text) return text.error();
  auto kept = parse_identity(*text);
  if (!kept) return Error(Code::internal, fmt::format("{}: {}", path, kept.error().message()));
  if (wanted.region && *wanted.region != kept->region) {
    return contradiction("--region", kept->region.view(), wanted.region->view(), data_directory);
  }
  if (wanted.account && *wanted.account != kept->account) {
    return contradiction("--account", kept->account.view(), wanted.account->view(), data_directory);
  }
  return kept;
}

Result<void> keep_identity(const std::string& data_directory, const InstanceIdentity& identity) {
  FileSystem& files = real_file_system();
  if (files.exists(path_in(data_directory))) return ok();
  const boost::json::object document{{"region", identity.region.view()}, {"account", identity.account.view()}};
  return files.write_atomically(path_in(data_directory), boost::json::serialize(document) + "\n", 0600);
}

}  // namespace fescue::cloud
