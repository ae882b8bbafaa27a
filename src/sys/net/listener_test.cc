// Listening and dialling on real sockets, with errors that the kernel is made to give.
#include "sys/net/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/net/connect.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct ListenerTest : testing::Test {
  /// A handler that keeps what it is given and ends the loop's run.
  StreamHandler keep() {
    return [this](StreamPtr stream) {
      accepted.push_back(std::move(stream));
      io.stop();
    };
  }

  asio::io_context io{1};
  TaskGroup tasks{io};
  std::vector<StreamPtr> accepted;
  const TempDirectory own;
  const fs::path directory = own.path();
};

Task<void> dial(std::string host, std::uint16_t port, StreamPtr* into) {
  auto stream = co_await connect_tcp(host, port, std::chrono::seconds(10));
  EXPECT_TRUE(stream) << stream.error().message();
  *into = std::move(*stream);
}

Task<void> dial_unix(std::string path, StreamPtr* into) {
  auto stream = co_await connect_unix(path, std::chrono::seconds(10));
  EXPECT_TRUE(stream) << stream.error().message();
  *into = std::move(*stream);
}

TEST_F(ListenerTest, AcceptsTcpAndKnowsTheLoopbackPeer) {
  for (const char* host : {"localhost", "::1", "[::1]", "0.0.0.0", "::"}) {
    SCOPED_TRACE(host);
    auto acceptor = listen_tcp(io, host, 0, "--ipc");
    ASSERT_TRUE(acceptor) << acceptor.error().message();
    const auto port = acceptor->local_endpoint().port();
    accept_tcp(tasks, std::move(*acceptor), keep());
    StreamPtr client;
    tasks.spawn("client", dial(std::string_view(host).find("::1") == std::string_view::npos ? "127.0.0.1" : "::1", port,
                               &client));
    io.restart();
    io.run();
    ASSERT_FALSE(accepted.empty());
    EXPECT_THAT(accepted.back()->peer().address, testing::MatchesRegex("(127\\.0\\.0\\.1|\\[::1\\]):[0-9]+"));
    EXPECT_EQ(accepted.back()->peer().uid, ::getuid());
    EXPECT_EQ(accepted.back()->peer().certificate_sha256, "");
  }
}

TEST_F(ListenerTest, ATakenPortNamesPortOptionAndHolder) {
  const auto first = listen_tcp(io, "127.0.0.1", 0, "--api");
  ASSERT_TRUE(first);
  const auto port = first->local_endpoint().port();
  const auto second = listen_tcp(io, "127.0.0.1", port, "--api");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::conflict);
  EXPECT_THAT(second.error().message(), HasSubstr("--api"));
  EXPECT_THAT(second.error().message(), HasSubstr(std::to_string(port)));
  EXPECT_THAT(second.error().message(), HasSubstr("(pid " + std::to_string(::getpid()) + ")"));
}

TEST_F(ListenerTest, RefusesHostsThatAreNoAddress) {
  for (const char* host : {"", "example.com", "1.2.3", "127.0.0.1:80", "[::1"}) {
    EXPECT_EQ(listen_tcp(io, host, 0, "--api").error().code(), Code::invalid_argument) << host;
  }
}

TEST_F(ListenerTest, AUnixSocketMayHaveALongPathAndHasItsMode) {
  const auto deep = directory / std::string(100, 'd') / std::string(100, 'e');
  fs::create_directories(deep);
  auto acceptor = listen_unix(io, deep, "core.sock", 0660);
  ASSERT_TRUE(acceptor) << acceptor.error().message();
  struct stat made {};
  ASSERT_EQ(::stat((deep / "core.sock").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07777, 0660u);
  accept_unix(tasks, std::move(*acceptor), keep());
  StreamPtr client;
  tasks.spawn("client", dial_unix(deep / "core.sock", &client));
  io.run();
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0]->peer().uid, ::getuid());
  EXPECT_EQ(accepted[0]->peer().pid, ::getpid());
}

TEST_F(ListenerTest, ReplacesAStaleSocketButNotALiveOneNorAFile) {
  {
    const auto gone = listen_unix(io, directory, "core.sock", 0600);
    ASSERT_TRUE(gone);
  }
  const auto live = listen_unix(io, directory, "core.sock", 0600);
  ASSERT_TRUE(live) << live.error().message();
  const auto second = listen_unix(io, directory, "core.sock", 0600);
  EXPECT_EQ(second.error().code(), Code::conflict);
  EXPECT_THAT(second.error().message(), HasSubstr((directory).string()));
  ASSERT_EQ(::mkdir((directory / "folder").c_str(), 0700), 0);
  EXPECT_EQ(listen_unix(io, directory, "folder", 0600).error().code(), Code::already_exists);
  EXPECT_EQ(listen_unix(io, directory / "absent", "core.sock", 0600).error().code(), Code::not_found);
  EXPECT_EQ(listen_unix(io, directory, "../core.sock", 0600).error().code(), Code::invalid_argument);
}

TEST_F(ListenerTest, StopsWithItsGroup) {
  auto acceptor = listen_unix(io, directory, "core.sock", 0600);
  ASSERT_TRUE(acceptor);
  accept_unix(tasks, std::move(*acceptor), keep());
  asio::post(io, [this] { tasks.stop(); });
  io.run();
  EXPECT_EQ(tasks.size(), 0u);
}

/// Puts a socket that does not listen in the place of a descriptor while it lives. (Running out of descriptors, the
/// common trouble, cannot be played here: the sanitizers need some.)
struct Broken {
  explicit Broken(int fd) : place(fd), good(::dup(fd)), bad(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    ::dup2(bad.get(), place);
  }
  ~Broken() { ::dup2(good.get(), place); }
  int place;
  Fd good, bad;
};

TEST_F(ListenerTest, SurvivesErrorsOfAccept) {
  auto acceptor = listen_unix(io, directory, "core.sock", 0600);
  ASSERT_TRUE(acceptor);
  unix_socket::socket client(io);
  client.connect(unix_socket::endpoint((directory / "core.sock").string()));
  {
    acceptor->native_non_blocking(true);
    Broken broken(acceptor->native_handle());
    accept_unix(tasks, std::move(*acceptor), keep());
    while (io.poll_one() > 0) {
    }
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(tasks.size(), 1u);
  }
  io.run();
  EXPECT_EQ(accepted.size(), 1u);
}

Task<void> dial_expecting(std::string host, std::uint16_t port, std::chrono::milliseconds timeout, Code* code) {
  const auto stream = co_await connect_tcp(host, port, timeout);
  *code = stream ? Code::internal : stream.error().code();
}

TEST_F(ListenerTest, DiallingNobodySaysSo) {
  std::uint16_t port = 0;
  {
    const auto gone = listen_tcp(io, "127.0.0.1", 0, "--x");
    port = gone->local_endpoint().port();
  }
  Code refused{}, unknown{};
  tasks.spawn("refused", dial_expecting("127.0.0.1", port, std::chrono::seconds(10), &refused));
  tasks.spawn("unknown", dial_expecting("no such host.invalid", port, std::chrono::seconds(10), &unknown));
  io.run();
  EXPECT_EQ(refused, Code::unavailable);
  EXPECT_EQ(unknown, Code::unavailable);
}

}  // namespace
}  // namespace fescue
