// What a function in a container gets of this host, from its configuration and from what the host says about the
// sources of its resources: pure, so that a deployment can be refused, and `fescue status FUNCTION` can show the
// outcome, before anything is started (docs/compatibility/resources.md#local-resources).
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/group.h"
#include "sandbox/facilities.h"
#include "sandbox/spec.h"
#include "sys/process/privileges.h"

namespace fescue {

/// What the host says about a path, symbolic links followed.
struct SourceFacts {
  enum class Kind {
    absent,
    unknown,  // the core may not look there; the launcher is asked (source_lookup.h)
    refused,  // by the launcher; `why` says it
    file,
    directory,
    device,  // of characters or blocks
    other,
  };
  Kind kind = Kind::absent;
  std::string real_path;
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;
  std::string why = {};
};

SourceFacts::Kind kind_of_source(mode_t mode);

/// What the core may not look at, by path, as the launcher sees it.
using HiddenSources = std::map<std::string, SourceFacts>;

/// The questions that a layout asks of the host.
struct HostView {
  std::function<SourceFacts(const std::string& path)> source;
  std::function<std::string(const std::string& path)> place;    // where a start will attach what is for `path`
  std::function<Result<gid_t>(const std::string& name)> group;  // by name
  std::function<bool(gid_t)> may_grant;  // false: gid 0 and system groups, which no function is given
  std::function<std::string(uid_t)> user_name;
  std::function<std::string(gid_t)> group_name;
};

/// One that looks at this host. `may_grant` permits all.
HostView this_host();

struct LaidOutResource {
  std::string id;
  HostResource::Kind kind = HostResource::Kind::volume;
  HostResource::Access access = HostResource::Access::read_only;
  std::string source;  // without symbolic links
  std::string destination;
  std::string place = {};  // where that is, once the links that a start follows are followed
  SourceFacts facts;
};

/// Its path and mode; nothing is opened.
HostResource host_resource(const LaidOutResource& resource);

struct ContainerLayout {
  std::vector<LaidOutResource> resources;  // outer places before those inside them
  std::vector<gid_t> groups;               // supplementary: the owners that the resources name
  std::vector<std::string> notes;          // what its owner should know, as sentences
  bool sysfs = false;
};

/// Errors name the resource, its path and what to do: not_found (no such source, no such group), invalid_argument (not
/// what the kind says), permission_denied (V1's words: the function's user and groups may not use it; or the launcher
/// would refuse it).
Result<ContainerLayout> lay_out_container(const FunctionConfig& function, const UserIds& user, const HostView& host);

/// Places inside a container, for what the worker is told.
inline constexpr std::string_view kPackagePlace = "/lambda";
inline constexpr std::string_view kRuntimesPlace = "/runtime";
inline constexpr std::string_view kSocketPlace = "/greengrass_ipc.sock";

/// Directories of the host that no container shows, besides the core's own.
inline constexpr std::string_view kHomes[] = {"/root", "/home"};

/// Whether a host path can be seen inside: not below a home or what is protected, unless a resource brings it.
bool is_visible(const std::string& path, const std::vector<std::string>& protected_directories,
                const ContainerLayout& layout);

/// The spec of one start, with descriptors opened. Errors: what could not be opened.
Result<ContainerSpec> container_spec(const ContainerLayout& layout, const std::string& package,
                                     const std::string& runtimes, const std::string& socket);

/// V1 limits memory only; processes are limited so that a function cannot take all of the host's.
WorkerLimits worker_limits(const FunctionConfig& function, const CgroupFacilities& cgroups);
inline constexpr std::uint32_t kMaxProcessesOfWorker = 1024;

}  // namespace fescue
