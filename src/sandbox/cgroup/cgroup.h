// Cgroups hold what a worker and all that it starts may use together, kill them at once, and know afterwards what they
// used. Hosts arrange them in three ways (facilities.h), and each has a backend in a file of its own: cgroup_v1.cc,
// cgroup_v2.cc, and cgroup_hybrid.cc, which takes limits from v1 and everything else from v2.
//
// The launcher owns one directory in every hierarchy that it needs, below its own group (so that limits set on it hold
// for its workers too), or below the group that its options name. A monitor makes one group in it for its worker:
//
//   enter()                    the monitor enters the group before the start: moving a process there later can take the
//                              kernel 20 ms, a child that is forked inside costs nothing
//   limit(), allow_devices()   when it knows the worker
//   ...                        the worker is forked, and is inside from its first instruction
//   leave()                    the monitor leaves the group: from now on it may kill it
//   kill(), stats(), remove()
//
// A directory is locked as long as a launcher or monitor uses it. One without a lock is what a crash has left: the next
// launcher that starts there kills what is inside and removes it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/cgroup/cgroup_devices.h"
#include "sandbox/cgroup/cgroup_mounts.h"
#include "sandbox/cgroup/cgroup_stats.h"
#include "sandbox/cgroup/cgroup_tree.h"
#include "sandbox/facilities.h"
#include "sandbox/spec.h"

namespace fescue {

/// From the file memory.stat, which differs less between v1 and v2 than between kernels.
std::uint64_t refaults_of(const CgroupDirectory& memory);

class WorkerGroup {
 public:
  virtual ~WorkerGroup() = default;

  virtual Result<void> enter() = 0;
  virtual Result<void> leave() = 0;

  /// What the host cannot hold is left out (facilities.h). Errors: what the kernel refused.
  virtual Result<void> limit(const WorkerLimits& limits) = 0;
  /// From now on only these may be opened.
  virtual Result<void> allow_devices(std::span<const DeviceRule> rules) = 0;

  /// Readable when the kernel has begun to kill for lack of memory and the rest of the group is ours to kill; where the
  /// kernel does that itself, nothing. Confirmed by stats().oom_kills.
  virtual Result<Fd> watch_memory() { return Fd(); }
  /// SIGKILL to all of it at once, or until nobody forks any more.
  virtual void kill() = 0;
  virtual CgroupStats stats() const = 0;
  /// Error: io, while the kernel is still busy with it after `timeout`.
  virtual Result<void> remove(std::chrono::milliseconds timeout) = 0;
};

class Cgroups {
 public:
  /// Never fails: facilities() tell what is missing. Cleans up after launchers that have died.
  explicit Cgroups(const CgroupOptions& options);

  const CgroupFacilities& facilities() const { return facilities_; }
  /// Descriptors that a monitor must keep: its groups are made and removed by them, and they are locks (cgroup_tree.h).
  std::vector<int> descriptors() const;

  /// The group `number`. Without any hierarchy it does nothing. Errors: what the kernel refused.
  Result<std::unique_ptr<WorkerGroup>> make(unsigned number) const;
  /// Kills what is in the group `number` and removes it. False: the kernel is still busy with it.
  bool finish(unsigned number) const;
  /// Removes the directories, if no group is left in them.
  bool remove() const;

 private:
  void find_v1(const CgroupOptions& options, const CgroupMounts& mounts);
  void find_v2(const CgroupOptions& options, const CgroupMounts& mounts);
  bool has(const std::string& controller) const;
  std::string why_not(const std::string& controller) const;
  void report();

  std::vector<CgroupTree> v1_;
  std::map<std::string, std::size_t> v1_of_;  // by controller: which of v1_
  std::optional<CgroupTree> v2_;
  std::set<std::string> v2_has_;                     // controllers, "kill", "bpf"
  std::map<std::string, std::string> why_unusable_;  // by controller: why its directory could not be made
  CgroupFacilities facilities_;
};

}  // namespace fescue
