// Both stacks are bound, or neither; sockets that were handed down.
#include "sys/net/listeners.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

bool has_ipv6(asio::io_context& io) { return listen_tcp(io, "::1", 0, "--x").has_value(); }

TEST(ListenOn, LoopbackMeansBothStacksOnOnePort) {
  asio::io_context io;
  for (const std::string host : {"127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0"}) {
    const auto listeners = listen_on(io, host, 0, "--api");
    ASSERT_TRUE(listeners) << listeners.error().message();
    EXPECT_EQ(listeners->acceptors.size(), has_ipv6(io) ? 2U : 1U) << host;
    for (const tcp::acceptor& each : listeners->acceptors) EXPECT_EQ(each.local_endpoint().port(), listeners->port);
    EXPECT_FALSE(listen_tcp(io, "::1", listeners->port, "--api")) << host;
    EXPECT_FALSE(listen_tcp(io, "127.0.0.1", listeners->port, "--api")) << host;
  }
}

TEST(ListenOn, IsRefusedWhenOneStackIsTaken) {
  asio::io_context io;
  if (!has_ipv6(io)) GTEST_SKIP() << "no IPv6";
  const auto other = listen_tcp(io, "::1", 0, "--other").value();
  const auto refused = listen_on(io, "127.0.0.1", other.local_endpoint().port(), "--api");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::conflict);
  EXPECT_THAT(refused.error().message(), HasSubstr("--api ::1:"));
}

/// In a process of its own, with the given sockets from descriptor 3 on: what take() and then `use` say.
std::string in_child(const HeldListeners& held, const std::string& names, const std::string& pid,
                     const std::function<std::string(InheritedListeners&)>& use) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const int out = ::fcntl(ends[1], F_DUPFD, 100);
    std::vector<int> high;
    for (const Fd& socket : held.sockets) high.push_back(::fcntl(socket.get(), F_DUPFD, 100));
    for (std::size_t i = 0; i < high.size(); ++i) ::dup2(high[i], 3 + static_cast<int>(i));
    ::setenv("LISTEN_FDS", std::to_string(high.size()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
    if (!pid.empty()) ::setenv("LISTEN_PID", pid == "own" ? std::to_string(::getpid()).c_str() : pid.c_str(), 1);
    asio::io_context io;
    auto inherited = InheritedListeners::take(io);
    const std::string said = inherited ? use(*inherited) : inherited.error().message();
    const std::string all = said + (::getenv("LISTEN_FDS") ? " and left the variable" : "");
    [[maybe_unused]] const auto written = ::write(out, all.data(), all.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(1000, '\0');
  const auto got = ::read(ends[0], said.data(), said.size());
  said.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

struct Inherited : testing::Test {
  Inherited() : held(hold("api", listen_on(io, "127.0.0.1", 0, "--api").value())) {
    names = held.sockets.size() == 2 ? "api:api" : "api";
  }

  static std::string find_api(InheritedListeners& inherited) {
    const auto found = inherited.find_or_bind("api", "127.0.0.1", 0, "--api");
    return found && inherited.check_all_used() ? std::to_string(found->port) : "not found";
  }

  asio::io_context io;
  HeldListeners held;
  std::string names;
};

TEST_F(Inherited, AreFoundByName) {
  EXPECT_EQ(in_child(held, names, "", find_api), std::to_string(held.port));
  EXPECT_EQ(in_child(held, names, "own", find_api), std::to_string(held.port));
}

TEST_F(Inherited, OfAnotherProcessAreNotOurs) {
  EXPECT_NE(in_child(held, names, "1", find_api), std::to_string(held.port));
}

TEST_F(Inherited, MustBeKnownByName) {
  const auto leave = [](InheritedListeners& inherited) { return inherited.check_all_used().error().message(); };
  EXPECT_EQ(in_child(held, names, "", leave), "LISTEN_FDNAMES: nothing here is called 'api'");
}

TEST_F(Inherited, MustBeListeningSockets) {
  held.sockets.clear();
  held.sockets.emplace_back(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(in_child(held, "api", "", find_api), "LISTEN_FDS: descriptor 3 is no listening TCP socket");
}

TEST_F(Inherited, StayTakenWhileTheyAreHeld) {
  EXPECT_FALSE(listen_tcp(io, "127.0.0.1", held.port, "--x"));
  if (held.sockets.size() == 2) {
    EXPECT_FALSE(listen_tcp(io, "::1", held.port, "--x"));
  }
}

}  // namespace
}  // namespace fescue
