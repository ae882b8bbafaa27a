// Who gets in by the socket and by the token, with real sockets.
#include "core/admin/admin_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/layout.h"
#include "sys/http/http_client.h"
#include "sys/net/connect.h"
#include "sys/net/listener.h"
#include "sys/tls/tls.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

class AdminServerTest : public testing::Test {
 protected:
  void open(std::set<uid_t> owners = {}) {
    auto keys = make_admin_keys(io_, directory_);
    ASSERT_TRUE(keys) << keys.error().message();
    token_ = keys->token;
    if (!owners.empty()) keys->owners = owners;
    admin_server_ = std::make_unique<AdminServer>(io_, std::move(*keys), [](HttpExchangePtr exchange) {
      HttpResponse response;
      response.body = "inside";
      exchange->respond(std::move(response));
    });
    admin_server_->start();
  }

  Result<HttpResponse> run(Task<Result<HttpResponse>> task) { return run_task(io_, std::move(task)); }

  static Task<Result<HttpResponse>> ask(StreamPtr stream, std::string authorization) {
    HttpRequest request{"GET", "/v1/status", {}, ""};
    if (!authorization.empty()) request.headers.add("Authorization", authorization);
    co_return co_await http_exchange(*stream, std::move(request));
  }
  static Task<Result<HttpResponse>> ask_socket(std::string path) {
    FESCUE_CO_TRY(stream, co_await connect_unix(path, 5s));
    co_return co_await ask(std::move(stream), "");
  }
  static Task<Result<HttpResponse>> ask_tcp(std::uint16_t port, std::string authorization) {
    FESCUE_CO_TRY(stream, co_await connect_tcp("127.0.0.1", port, 5s));
    co_return co_await ask(std::move(stream), authorization);
  }

  /// The status of a request that reaches the server by a port as IpcServer hands it on.
  unsigned status_by_tcp(std::string authorization) {
    TaskGroup tasks(io_);
    auto acceptor = listen_tcp(io_, "127.0.0.1", 0, "--ipc").value();
    const std::uint16_t port = acceptor.local_endpoint().port();
    auto options = std::make_shared<const HttpServerOptions>();
    auto handler = std::make_shared<const HttpHandler>(
        [this](HttpExchangePtr exchange) { admin_server_->handle_tcp(std::move(exchange)); });
    accept_tcp(tasks, std::move(acceptor),
               [&](StreamPtr stream) { serve_http(tasks, std::move(stream), options, handler); });
    const auto response = run(ask_tcp(port, std::move(authorization)));
    return response ? response->status : 0;
  }

  const TempDirectory own_;
  const std::string directory_ = own_.path();
  asio::io_context io_;
  std::string token_;
  std::unique_ptr<AdminServer> admin_server_;
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

TEST_F(AdminServerTest, SocketAndTokenAreTheOwnersAlone) {
  open();
  EXPECT_EQ(mode_of(directory_ + "/core.sock"), 0600u);
  EXPECT_EQ(mode_of(directory_ + "/ipc-token"), 0600u);
  std::string written;
  std::getline(std::ifstream(directory_ + "/ipc-token"), written);
  EXPECT_EQ(written, token_);
  EXPECT_GE(token_.size(), 43u);
}

TEST_F(AdminServerTest, TheOwnerGetsInByTheSocket) {
  open();
  const auto response = run(ask_socket(directory_ + "/core.sock"));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body, "inside");
  EXPECT_EQ(admin_server_->refused(), 0u);
}

TEST_F(AdminServerTest, OthersThanTheOwnerAreRefusedAndCounted) {
  open({::getuid() + 1});
  EXPECT_FALSE(run(ask_socket(directory_ + "/core.sock")));
  EXPECT_EQ(admin_server_->refused(), 1u);
}

TEST_F(AdminServerTest, TheTokenOpensTheIpcPort) {
  open();
  EXPECT_EQ(status_by_tcp("Bearer " + token_), 200u);
  EXPECT_EQ(admin_server_->refused(), 0u);
  for (const std::string& wrong : {std::string(), std::string("Bearer "), "Bearer " + token_ + "x",
                                   "Bearer " + token_.substr(1), "Basic " + token_, token_}) {
    EXPECT_EQ(status_by_tcp(wrong), 403u) << wrong;
  }
  EXPECT_EQ(admin_server_->refused(), 6u);
}

TEST_F(AdminServerTest, ABodyByTcpIsReadOnlyWithTheToken) {
  open();
  HttpRequest head;
  EXPECT_EQ(admin_server_->judge_tcp(head, {}).refusal.value().status, 403u);
  head.headers.add("Authorization", "Bearer " + token_);
  EXPECT_FALSE(admin_server_->judge_tcp(head, {}).refusal);
  EXPECT_EQ(admin_server_->refused(), 1u);
}

TEST_F(AdminServerTest, OneCoreAtATime) {
  open();
  EXPECT_EQ(make_admin_keys(io_, directory_).error().code(), Code::conflict);
  std::string written;
  std::getline(std::ifstream(directory_ + "/ipc-token"), written);
  EXPECT_EQ(written, token_);
}

TEST_F(AdminServerTest, AStaleSocketGivesWayAndTheTokenChanges) {
  open();
  const std::string former = token_;
  admin_server_.reset();
  io_.restart();
  io_.poll();
  open();
  EXPECT_NE(token_, former);
  EXPECT_TRUE(run(ask_socket(directory_ + "/core.sock")));
}

TEST_F(AdminServerTest, OpensItsSocketWhereNoTokenCanBeWritten) {
  std::filesystem::create_directories(directory_ + "/" + std::string(kAdminToken) + "/in the way");
  open();
  EXPECT_EQ(run(ask_socket(directory_ + "/" + std::string(kAdminSocket)))->body, "inside");
}

}  // namespace
}  // namespace fescue
