// Names to paths below ggc/var/log, and back.
#include "core/admin/log_files.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/arn.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr std::string_view kSuffix = ".log";
constexpr std::string_view kPredecessor = ".1.log";

/// Names in a directory; none when there is no directory.
Result<std::vector<std::string>> list(const std::string& directory) {
  auto names = real_file_system().list(directory);
  if (!names && names.error().code() == Code::not_found) return std::vector<std::string>();
  return names;
}

/// user/<region>/<account>/<function>.log, by function. Of two accounts (one may be `aws`: connectors) the first
/// counts.
Result<std::map<std::string, std::string>> function_logs(const CoreLayout& layout) {
  std::map<std::string, std::string> out;
  FESCUE_TRY(regions, list(layout.user_logs()));
  for (const std::string& region : regions) {
    FESCUE_TRY(accounts, list(layout.user_logs() + "/" + region));
    for (const std::string& account : accounts) {
      const std::string directory = fmt::format("{}/{}/{}", layout.user_logs(), region, account);
      FESCUE_TRY(files, list(directory));
      for (const std::string& file : files) {
        if (!file.ends_with(kSuffix) || file.ends_with(kPredecessor)) continue;
        out.emplace(file.substr(0, file.size() - kSuffix.size()), directory + "/" + file);
      }
    }
  }
  return out;
}

}  // namespace

Result<std::string> find_log(const CoreLayout& layout, std::string_view name) {
  if (name == kSystemLog) return layout.system_log();
  if (const auto arn = FunctionArn::parse(name); arn && !arn->is_system()) {
    return fmt::format("{}/{}/{}/{}.log", layout.user_logs(), arn->region(), arn->account(), arn->name());
  }
  FESCUE_TRY(logs, function_logs(layout));
  if (const auto found = logs.find(std::string(name)); found != logs.end()) return found->second;
  FESCUE_TRY(known, list_logs(layout));
  return Error(Code::not_found,
               fmt::format("there is no log of \"{}\"; there are: {}", name.substr(0, 100), fmt::join(known, ", ")));
}

Result<std::vector<std::string>> list_logs(const CoreLayout& layout) {
  FESCUE_TRY(logs, function_logs(layout));
  std::vector<std::string> out{std::string(kSystemLog)};
  for (const auto& [name, path] : logs) out.push_back(name);
  return out;
}

}  // namespace fescue
