// A Group is what a deployment puts on a core: everything resolved (aliases to versions, defaults applied), nothing
// left to look up but the function packages, which are named by their hash. It is a value; two groups compare member
// by member, which is how a deployment finds out what changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/strong.h"
#include "model/arn.h"
#include "model/ids.h"
#include "model/message.h"
#include "model/resource.h"
#include "model/topic.h"

namespace fescue {

enum class Encoding { json, binary };
enum class Isolation { container, none };

/// Lambda's runtime id of V1 executables.
inline constexpr std::string_view kExecutableRuntime = "arn:aws:greengrass:::runtime/function/executable";

/// What a package of a custom runtime ("provided", "provided.al2", "provided.al2023") is started by.
inline constexpr std::string_view kBootstrap = "bootstrap";

struct RunAs {
  std::optional<std::uint32_t> uid;  // absent: ggc_user
  std::optional<std::uint32_t> gid;  // absent: ggc_group
  friend bool operator==(const RunAs&, const RunAs&) = default;
};

/// Of a container whose group names no MemorySize: V1's console filled this in, its API demanded a number.
inline constexpr std::uint64_t kDefaultMemoryKb = 16384;

/// Less than this starts nothing: megabytes were meant, and the default is given
/// (docs/compatibility/groups.md#function-settings).
inline constexpr std::uint64_t kLeastMemoryKb = 4096;

/// One function version as the group configures it. Defaults are V1's (docs/compatibility/groups.md#function-settings).
struct FunctionConfig {
  FunctionArn arn;      // qualified by a version number
  std::string runtime;  // "python3.11", or kExecutableRuntime; after FunctionRuntimeOverride
  std::string handler;  // after Executable
  ArtifactHash artifact;
  std::uint64_t artifact_bytes = 0;  // of the zip
  bool pinned = false;
  std::chrono::seconds timeout{3};
  std::optional<std::chrono::seconds> init_timeout;  // fescue's own; absent: the core's default
  std::optional<std::uint64_t> memory_kb;            // containers only; absent: kDefaultMemoryKb
  Encoding encoding = Encoding::json;
  std::string exec_args;
  std::map<std::string, std::string> environment;
  bool access_sysfs = false;
  Isolation isolation = Isolation::container;
  RunAs run_as;
  std::vector<AttachedResource> resources;
  friend bool operator==(const FunctionConfig&, const FunctionConfig&) = default;
};

/// What a container of the function may use.
std::uint64_t memory_limit_kb(const FunctionConfig& function);

struct Subscription {
  std::string id;
  Endpoint source;
  TopicFilter subject;
  Endpoint target;
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

enum class LogComponent { system, lambda };

enum class LogDestination { file_system, cloud_watch };

struct LoggerConfig {
  LogComponent component = LogComponent::system;
  log::Level level = log::Level::info;
  std::uint64_t space_kb = 128;
  LogDestination destination = LogDestination::file_system;
  friend bool operator==(const LoggerConfig&, const LoggerConfig&) = default;
};

/// A part of the core that the group names as a function: the part is wanted, and its variables are its settings
/// (docs/compatibility/groups.md#system-functions).
struct SystemFunction {
  FunctionArn arn;  // with or without a qualifier, as the group spells it
  std::map<std::string, std::string> environment;
  friend bool operator==(const SystemFunction&, const SystemFunction&) = default;
};

/// A client device: a thing that may connect to the core, by the certificate that it has in the cloud.
struct Device {
  ThingArn thing;
  std::string certificate_arn;
  bool sync_shadow = false;
  friend bool operator==(const Device&, const Device&) = default;
};

/// AWS's id of the device's certificate: the SHA-256 of its DER in lower-case hexadecimal digits.
std::string_view certificate_id(const Device& device);

struct Group {
  GroupId id;
  std::string version;  // UUID of the group version
  Region region;
  AccountId account;
  ThingArn core_thing;
  std::string core_certificate_arn;
  bool sync_core_shadow = false;    // SyncShadow of the core
  std::vector<Device> devices;      // each thing once
  std::vector<Resource> resources;  // attached ones are in their functions as well
  std::vector<FunctionConfig> functions;
  std::vector<SystemFunction> system_functions;
  std::vector<Subscription> subscriptions;
  std::vector<LoggerConfig> loggers;
  friend bool operator==(const Group&, const Group&) = default;
};

/// What decides about the files of `component`: its FileSystem logger, else one of another destination, whose level at
/// least is meant. Null when the group has none.
const LoggerConfig* file_logger(const Group& group, LogComponent component);

inline constexpr std::size_t kMaxDevicesPerGroup = 2500;
inline constexpr std::size_t kMaxFunctionsPerGroup = 200;
inline constexpr std::size_t kMaxSubscriptionsPerGroup = 10000;

}  // namespace fescue
