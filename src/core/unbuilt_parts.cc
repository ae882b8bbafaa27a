// The table of what is not built, and the sentences about what a group asks of it.
#include "core/unbuilt_parts.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "model/limits.h"

namespace fescue {

namespace {

/// System functions that are here, as is the default of the spooler.
constexpr std::string_view kBuilt[] = {"GGRouter", "GGConnManager", "GGDeviceCertificateManager"};

/// The others by name, and what their group does not get.
constexpr std::pair<std::string_view, std::string_view> kMissing[] = {
    {"GGIPDetector", "the core's addresses are not reported yet"},
    {"GGSecretManager", "there are no secrets on this core yet"},
    {"GGShadowService", "there are no shadows on this core yet"},
    {"GGShadowSyncManager", "there are no shadows on this core yet"},
    {"GGStreamManager", "there are no streams on this core yet"},
    {"GGTES", "there are no credentials of a group role on this core yet"},
    {"GGTESService", "there are no credentials of a group role on this core yet"},
};

/// How messages to the cloud wait on this core, in the words of the spooler's variables.
const std::pair<std::string, std::string> kSpooler[] = {
    {"GG_CONFIG_STORAGE_TYPE", "Memory"},
    {"GG_CONFIG_MAX_SIZE_BYTES", std::to_string(kSpoolerBytes)},
    {"GG_CONFIG_SUBSCRIPTION_QUALITY", "AtMostOnce"},
};

/// The settings that ask for something else.
std::string about_spooler(const SystemFunction& spooler) {
  std::vector<std::string> without_effect, unknown;
  for (const auto& [name, value] : spooler.environment) {
    const auto row = std::ranges::find(kSpooler, name, [](const auto& each) { return each.first; });
    if (row == std::end(kSpooler)) {
      unknown.push_back(name);
    } else if (row->second != value) {
      without_effect.push_back(name + "=" + value);
    }
  }
  std::vector<std::string> out;
  if (!without_effect.empty()) {
    out.push_back(fmt::format("{} has no effect yet: messages to the cloud wait in memory, {} bytes of them",
                              fmt::join(without_effect, ", "), kSpoolerBytes));
  }
  if (!unknown.empty()) out.push_back(fmt::format("the spooler has no variable {}", fmt::join(unknown, ", ")));
  return fmt::format("{}", fmt::join(out, "; "));
}

/// One sentence for all of them, which names the first few.
std::string about_device_shadows(const Group& group) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> names;
  for (const Device& device : group.devices) {
    if (device.sync_shadow) names.push_back(device.thing.thing_name().str());
  }
  if (names.empty()) return "";
  const std::size_t others = names.size() - std::min(names.size(), kNamed);
  names.resize(names.size() - others);
  return fmt::format("SyncShadow of {} device{} ({}{}): there are no shadows on this core yet", names.size() + others,
                     names.size() + others == 1 ? "" : "s", fmt::join(names, ", "), others > 0 ? ", ..." : "");
}

/// Empty when the core does what the group asks.
std::string about(const SystemFunction& function) {
  const std::string_view name = function.arn.name();
  if (std::ranges::find(kBuilt, name) != std::end(kBuilt)) return "";
  if (name == "GGCloudSpooler") return about_spooler(function);
  const auto row = std::ranges::find(kMissing, name, [](const auto& each) { return each.first; });
  return row == std::end(kMissing) ? "this core knows no such system function" : std::string(row->second);
}

}  // namespace

std::vector<std::string> unbuilt_parts(const Group& group) {
  std::vector<std::string> out;
  for (const SystemFunction& function : group.system_functions) {
    const std::string missing = about(function);
    if (!missing.empty()) out.push_back(fmt::format("{}: {}", function.arn.str(), missing));
  }
  for (const LoggerConfig& logger : group.loggers) {
    if (logger.destination == LogDestination::file_system) continue;
    const bool is_system = logger.component == LogComponent::system;
    out.push_back(fmt::format("the logger of {} to AWSCloudWatch: there is no CloudWatch here, its lines go to files",
                              is_system ? "GreengrassSystem" : "Lambda"));
  }
  if (group.sync_core_shadow) out.emplace_back("SyncShadow of the core: there are no shadows on this core yet");
  const std::string devices = about_device_shadows(group);
  if (!devices.empty()) out.push_back(devices);
  return out;
}

void UnbuiltParts::prepare(StagedGroup staged, Done done) {
  prepared_ = unbuilt_parts(*staged.group);
  done(ok());
}

void UnbuiltParts::commit() {
  for (const std::string& sentence : prepared_) {
    if (std::ranges::find(named_, sentence) == named_.end()) log::warn(sentence);
  }
  named_ = std::exchange(prepared_, {});
}

void UnbuiltParts::deactivate(std::function<void()> done) {
  prepared_.clear();
  named_.clear();
  done();
}

void UnbuiltParts::add_metrics(MetricsText& out) const {
  out.gauge("fescue_unbuilt_parts", "What the group asks of the core and the core does not have yet.", named_.size());
}

}  // namespace fescue
