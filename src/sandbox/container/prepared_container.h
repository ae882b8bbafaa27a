// The inside of a container: the namespaces and mounts of a worker. Most of it is the same for every function, so a
// monitor prepares it before anybody asks for a worker; what the spec adds is attached then.
//
// The monitor becomes the first process of the container's pid namespace, and its `/` is the worker's. Everything here
// is done by root of the host: only the worker enters the user namespace, as its last step, so nothing that it does can
// undo a mount.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/container/user_namespace.h"
#include "sandbox/spec.h"

namespace fescue {

struct ContainerSettings {
  std::vector<std::string> masks;  // directories of the host that every container shows empty; may be absent
  std::set<std::string> without;   // LauncherPolicy::without
};

/// Prepares a container, in a process that ends at once, to see whether this host can: empty, or the step that failed.
std::string why_container_fails(const ContainerSettings& plan);

class PreparedContainer {
 public:
  /// Makes one around this process, the first of a new pid namespace (PidNamespace::own). Errors: the step that
  /// failed; this process is good for nothing then.
  static Result<PreparedContainer> make(const ContainerSettings& plan);

  /// What this worker alone has. Descriptors in `spec.container` are detached mounts by now. Once.
  Result<void> attach(const WorkerSpec& spec);

  /// None on hosts without user namespaces.
  const UserNamespace& user_namespace() const { return user_namespace_; }

 private:
  PreparedContainer() = default;
  Result<void> attach_resources(const ContainerSpec& container);
  Result<void> mask(const std::string& path);

  bool usr_is_shared_ = false;       // see share_usr() in prepared_container.cc
  std::vector<std::string> sealed_;  // mount points that become read-only when all is attached
  Fd sysfs_;                         // the host's /sys, detached
  UserNamespace user_namespace_;
};

}  // namespace fescue
