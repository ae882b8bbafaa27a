// Owners: which local connections are the owner's. Functions share the host's network, so an address says nothing; the
// uid of the other end's socket does, but where root functions are allowed a function has root's uid too. So whoever is
// in the cgroup of a worker, of any core on this machine, is no owner. Known is that
//
//   of a Unix socket   by the peer's process (/proc/PID/cgroup, cgroup v1 or v2);
//   of TCP             by the v2 group in which the peer's socket was made, looked up in the mounted tree;
//   of neither         (no v2 tree, a group that has been removed, a process that cannot be seen) not at all: then
//                      nobody is the owner by a uid that some function runs as at that moment.
//
// A function with IsolationMode NoContainer that runs as root can leave its cgroup: it is root in every way.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sys/net/stream.h"

namespace fescue {

/// Where the kernel shows its groups and processes.
struct GroupPlaces {
  std::string cgroup2;  // where the v2 tree is mounted; empty: nowhere
  std::string proc = "/proc";

  /// Those of this machine, as mounted when it is called.
  static GroupPlaces here();
};

/// The first mount of the v2 tree in a /proc/PID/mountinfo; empty without one. Pure.
std::string cgroup2_mount(std::string_view mountinfo);

class Owners {
 public:
  explicit Owners(std::set<uid_t> uids, GroupPlaces places = GroupPlaces::here());

  /// Why the peer is not an owner; empty when it is one.
  std::string why_not(const Peer& peer);

 private:
  enum class Membership { worker, nobody, unknown };
  Membership of_process(pid_t pid) const;
  Membership of_group(std::uint64_t number);
  bool a_function_runs_as(uid_t uid) const;

  std::set<uid_t> uids_;
  GroupPlaces places_;
  std::unordered_map<std::uint64_t, Membership> known_groups_;  // numbers are not used again
};

}  // namespace fescue
