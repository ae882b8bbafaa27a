// What the versions of definitions hold, as values. Read twice: when a version is created, so that nonsense is refused
// at once, and when a deployment is built from it. Pure; every problem is named, not just the first
// (docs/compatibility/api-greengrass.md#members, docs/compatibility/groups.md#combinations).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "cloud/model/definition.h"
#include "model/arn.h"
#include "model/deployment.h"
#include "model/group.h"
#include "model/topic.h"

namespace fescue::cloud {

/// Of a core or a client device.
struct ThingEntry {
  std::string id;
  ThingArn thing;
  std::string certificate_arn;
  bool sync_shadow = false;
};

/// V1's ResourceAccessPolicies; `permission` may be left out for resources that name one themselves.
struct ResourceAccess {
  std::string resource_id;
  std::optional<Access> permission;
};

struct ResourceEntry {
  std::string id, name;
  std::string type;               // as in V1's errors: "Local.Volume", "ML_Model.S3_Object" ...
  std::optional<Resource> local;  // absent for types that are not built yet
};

struct Execution {
  std::optional<Isolation> isolation;
  RunAs run_as;
};

/// What the definition says; what it leaves open is absent.
struct FunctionEntry {
  std::string id;
  FunctionArn arn;  // qualified by a version or an alias
  std::optional<Encoding> encoding;
  std::string exec_args, executable, runtime_override;
  std::optional<std::uint64_t> memory_kb;
  std::optional<std::chrono::seconds> timeout;
  bool pinned = false;
  bool access_sysfs = false;
  Execution execution;
  std::vector<ResourceAccess> resources;
  std::map<std::string, std::string> variables;
};

struct LoggerEntry {
  std::string id;
  LoggerConfig config;
};

/// All that a group version refers to. Of kinds that are not built yet only the number is kept.
struct GroupDefinitions {
  std::vector<ThingEntry> cores;
  std::vector<ThingEntry> devices;
  Execution default_execution;
  std::vector<FunctionEntry> functions;
  std::vector<Subscription> subscriptions;  // functions by the qualifier that is written
  std::vector<LoggerEntry> loggers;
  std::vector<ResourceEntry> resources;
  std::size_t connectors = 0;
  std::vector<ErrorDetail> problems;
};

/// Adds what a version of a definition holds. `body` is {"Cores": [...]} and the like; what cannot be read goes to
/// `problems`. Precondition: `family` is not groups.
void read_definition(Family family, const boost::json::value& body, GroupDefinitions& into);

/// The member of the body that holds the entries: "Cores".
std::string_view list_member(Family family);

/// The function's own isolation, else the group's, else a container.
Isolation effective_isolation(const FunctionEntry& function, const Execution& group);

/// GGStreamManager, GGIPDetector, ...: parts of the core, configured like functions.
bool is_system_function(const FunctionArn& arn);

}  // namespace fescue::cloud
