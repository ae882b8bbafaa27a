// The owner of real loopback connections, in every state of theirs.
#include "sys/net/peer_uid.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

namespace fescue {
namespace {

struct Pair {
  explicit Pair(const char* listen_on, const char* dial) : acceptor(io), client(io), server(io) {
    const auto address = asio::ip::make_address(listen_on);
    acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4());
    if (address.is_v6()) acceptor.set_option(asio::ip::v6_only(false));
    acceptor.bind({address, 0});
    acceptor.listen();
    client.connect({asio::ip::make_address(dial), acceptor.local_endpoint().port()});
    acceptor.accept(server);
  }
  std::optional<SocketOwner> owner() { return PeerUidLookup().find(server.remote_endpoint(), server.local_endpoint()); }
  std::optional<uid_t> ask() {
    const auto found = owner();
    return found ? std::optional(found->uid) : std::nullopt;
  }

  asio::io_context io{1};
  tcp::acceptor acceptor;
  tcp::socket client, server;
};

bool kernel_can_tell() { return Pair("127.0.0.1", "127.0.0.1").ask().has_value(); }

#define SKIP_WITHOUT_SOCK_DIAG() \
  if (!kernel_can_tell()) GTEST_SKIP() << "this kernel answers no sock_diag for TCP"

TEST(PeerUid, IsKnownOnEveryKindOfLoopback) {
  SKIP_WITHOUT_SOCK_DIAG();
  EXPECT_EQ(Pair("127.0.0.1", "127.0.0.1").ask(), ::getuid());
  EXPECT_EQ(Pair("::1", "::1").ask(), ::getuid());
  EXPECT_EQ(Pair("::", "127.0.0.1").ask(), ::getuid());
  EXPECT_EQ(Pair("::", "::ffff:127.0.0.1").ask(), ::getuid());
  EXPECT_EQ(Pair("::", "::1").ask(), ::getuid());
  EXPECT_EQ(Pair("127.0.0.1", "::ffff:127.0.0.1").ask(), ::getuid());
}

TEST(PeerUid, IsThePeersAndNotOurs) {
  SKIP_WITHOUT_SOCK_DIAG();
  if (::getuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  Pair pair("127.0.0.1", "127.0.0.1");
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const auto port = pair.acceptor.local_endpoint().port();
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(done[1]);
    if (::setresuid(4711, 4711, 4711) != 0) ::_exit(1);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const tcp::endpoint to(asio::ip::address_v4::loopback(), port);
    const bool connected = ::connect(fd, to.data(), static_cast<socklen_t>(to.size())) == 0;
    char byte = 1;
    if (::write(ready[1], &byte, 1) != 1 || ::read(done[0], &byte, 1) != 0) ::_exit(2);
    ::_exit(connected ? 0 : 3);
  }
  char byte;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  tcp::socket server(pair.io);
  pair.acceptor.accept(server);
  EXPECT_EQ(PeerUidLookup().find(server.remote_endpoint(), server.local_endpoint())->uid, 4711u);
  ::close(done[0]);
  ::close(done[1]);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

/// The directory of our own v2 group, where v2 is mounted and shows it.
std::string own_group() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::")) continue;
    for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
      if (cgroup_number(mount + line.substr(3)) != 0) return mount + line.substr(3);
    }
  }
  return "";
}

TEST(PeerUid, TheGroupOfAPeerIsItsDirectorysNumber) {
  SKIP_WITHOUT_SOCK_DIAG();
  const std::string group = own_group();
  if (group.empty()) GTEST_SKIP() << "no cgroup v2 that shows our group";
  const std::uint64_t said = Pair("127.0.0.1", "127.0.0.1").owner()->cgroup;
  if (said == 0) GTEST_SKIP() << "this kernel does not say in which group a socket was made";
  EXPECT_EQ(said, cgroup_number(group));
}

TEST(PeerUid, WhatIsNoGroupHasNoNumber) {
  EXPECT_EQ(cgroup_number("/tmp"), 0U);
  EXPECT_EQ(cgroup_number("/nonexistent"), 0U);
}

TEST(PeerUid, OfAClosedPeerIsNotSaidToBeRoot) {
  SKIP_WITHOUT_SOCK_DIAG();
  Pair pair("127.0.0.1", "127.0.0.1");
  const auto peer = pair.server.remote_endpoint(), local = pair.server.local_endpoint();
  pair.client.close();
  EXPECT_FALSE(PeerUidLookup().find(peer, local));
}

TEST(PeerUid, OfAnUnknownConnectionIsNotTheListeners) {
  SKIP_WITHOUT_SOCK_DIAG();
  Pair pair("127.0.0.1", "127.0.0.1");
  const tcp::endpoint listener = pair.acceptor.local_endpoint();
  EXPECT_FALSE(PeerUidLookup().find(listener, tcp::endpoint(asio::ip::address_v4::loopback(), 1)));
}

}  // namespace
}  // namespace fescue
