#include "sys/peer_uid.h"

#include <sys/wait.h>
#include <unistd.h>

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
  std::optional<uid_t> ask() { return PeerUidLookup().find(server.remote_endpoint(), server.local_endpoint()); }

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
  EXPECT_EQ(PeerUidLookup().find(server.remote_endpoint(), server.local_endpoint()), 4711u);
  ::close(done[0]);
  ::close(done[1]);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(PeerUid, OfAClosedPeerIsNotSaidToBeRoot) {
  SKIP_WITHOUT_SOCK_DIAG();
  Pair pair("127.0.0.1", "127.0.0.1");
  const auto peer = pair.server.remote_endpoint(), local = pair.server.local_endpoint();
  pair.client.close();
  EXPECT_EQ(PeerUidLookup().find(peer, local), std::nullopt);
}

TEST(PeerUid, OfAnUnknownConnectionIsNotTheListeners) {
  SKIP_WITHOUT_SOCK_DIAG();
  Pair pair("127.0.0.1", "127.0.0.1");
  const tcp::endpoint listener = pair.acceptor.local_endpoint();
  EXPECT_EQ(PeerUidLookup().find(listener, tcp::endpoint(asio::ip::address_v4::loopback(), 1)), std::nullopt);
}

}  // namespace
}  // namespace fescue
