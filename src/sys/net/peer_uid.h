// Who owns the other end of a TCP connection inside this machine. The kernel is asked for exactly that socket (NETLINK
// sock_diag), which takes a few microseconds; reading /proc/net/tcp takes a millisecond and more on a busy host.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/fd.h"
#include "sys/loop/asio.h"

namespace fescue {

struct SocketOwner {
  uid_t uid = 0;
  std::uint64_t cgroup =
      0;  // the v2 group in which the socket was made, by its number (its directory's inode); 0: unknown
};

/// The number of a group's directory in the mounted v2 tree; 0 when there is none.
std::uint64_t cgroup_number(const std::string& directory);

class PeerUidLookup {
 public:
  PeerUidLookup();

  /// The owner of the socket whose own address is `peer` and which is connected to `local`. Absent when the kernel
  /// cannot say, when the peer is on another machine, and when it has closed already: the kernel calls the owner of a
  /// closed socket root, which must never be believed.
  std::optional<SocketOwner> find(const tcp::endpoint& peer, const tcp::endpoint& local);

 private:
  Fd netlink_;
};

}  // namespace fescue
