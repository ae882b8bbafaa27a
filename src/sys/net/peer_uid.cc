// The question to NETLINK sock_diag and what in its answer can be trusted, for both families of addresses.
#include "sys/net/peer_uid.h"

#include <linux/inet_diag.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace fescue {
namespace {

using asio::ip::address;

address unmapped(const address& a) {
  if (a.is_v6() && a.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, a.to_v6());
  return a;
}

void put_address(__be32 (&into)[4], const address& from) {
  if (from.is_v4()) {
    const auto bytes = from.to_v4().to_bytes();
    std::memcpy(into, bytes.data(), bytes.size());
  } else {
    const auto bytes = from.to_v6().to_bytes();
    std::memcpy(into, bytes.data(), bytes.size());
  }
}

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

Question question(const address& peer, std::uint16_t peer_port, const address& local, std::uint16_t local_port) {
  Question ask{};
  ask.header.nlmsg_len = sizeof ask;
  ask.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  ask.header.nlmsg_flags = NLM_F_REQUEST;
  ask.body.sdiag_family = peer.is_v4() ? AF_INET : AF_INET6;
  ask.body.sdiag_protocol = IPPROTO_TCP;
  ask.body.idiag_states = ~0u;
  put_address(ask.body.id.idiag_src, peer);
  put_address(ask.body.id.idiag_dst, local);
  ask.body.id.idiag_sport = htons(peer_port);
  ask.body.id.idiag_dport = htons(local_port);
  if (peer.is_v6() && peer.to_v6().is_link_local()) ask.body.id.idiag_if = peer.to_v6().scope_id();
  ask.body.id.idiag_cookie[0] = ask.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return ask;
}

/// Among what follows the answer (Linux 5.8 and later).
std::uint64_t cgroup_in(const char* attributes, std::size_t size) {
  constexpr std::uint16_t kCgroup = 21;  // INET_DIAG_CGROUP_ID, which older headers do not name
  while (size >= sizeof(nlattr)) {
    nlattr attribute;
    std::memcpy(&attribute, attributes, sizeof attribute);
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > size) break;
    std::uint64_t number = 0;
    if (attribute.nla_type == kCgroup && attribute.nla_len == NLA_HDRLEN + sizeof number) {
      std::memcpy(&number, attributes + NLA_HDRLEN, sizeof number);
      return number;
    }
    const std::size_t step = std::min<std::size_t>(NLA_ALIGN(attribute.nla_len), size);
    attributes += step;
    size -= step;
  }
  return 0;
}

/// A listening socket matches a question about an unknown connection, and a closed one is called root's: only an
/// established socket of exactly these ports that a process still holds (it has an inode) tells its owner.
std::optional<SocketOwner> owner_in(const char* reply, std::size_t size, const Question& ask) {
  nlmsghdr header;
  inet_diag_msg answer;
  if (size < NLMSG_HDRLEN + sizeof answer) return std::nullopt;
  std::memcpy(&header, reply, sizeof header);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
  std::memcpy(&answer, reply + NLMSG_HDRLEN, sizeof answer);
  if (answer.idiag_state != TCP_ESTABLISHED || answer.idiag_inode == 0) return std::nullopt;
  if (answer.id.idiag_sport != ask.body.id.idiag_sport || answer.id.idiag_dport != ask.body.id.idiag_dport) {
    return std::nullopt;
  }
  constexpr std::size_t kFixed = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof answer);
  return SocketOwner{answer.idiag_uid, size > kFixed ? cgroup_in(reply + kFixed, size - kFixed) : 0};
}

}  // namespace

PeerUidLookup::PeerUidLookup() : netlink_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}

std::uint64_t cgroup_number(const std::string& directory) {
  struct statfs tree;
  struct stat status;
  if (::statfs(directory.c_str(), &tree) != 0 || tree.f_type != CGROUP2_SUPER_MAGIC) return 0;
  return ::stat(directory.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::optional<SocketOwner> PeerUidLookup::find(const tcp::endpoint& peer, const tcp::endpoint& local) {
  if (!netlink_) return std::nullopt;
  auto ask = question(unmapped(peer.address()), peer.port(), unmapped(local.address()), local.port());
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  // Answered within the call to sendto. MSG_DONTWAIT: whatever the kernel does, the loop must not stall.
  if (::sendto(netlink_.get(), &ask, sizeof ask, MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&kernel),
               sizeof kernel) < 0) {
    return std::nullopt;
  }
  std::array<char, 4096> reply;
  const auto size = ::recv(netlink_.get(), reply.data(), reply.size(), MSG_DONTWAIT);
  return size > 0 ? owner_in(reply.data(), static_cast<std::size_t>(size), ask) : std::nullopt;
}

}  // namespace fescue
