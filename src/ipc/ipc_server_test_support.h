// The IPC API on real sockets, with the ports played by the test.
#pragma once

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "ipc/ipc_server.h"
#include "sys/http/http_client.h"
#include "sys/net/connect.h"
#include "sys/tls/tls.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"
#include "tests/fakes/test_ports.h"

namespace fescue {

inline const FunctionArn kEcho = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Echo:3").value();
inline const FunctionArn kIdle = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Idle:1").value();
inline const FunctionArn kOther = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Other:1").value();
inline const WorkerId kWorker("11111111-1111-4111-8111-111111111111");
inline const WorkerId kOtherWorker("22222222-2222-4222-8222-222222222222");

class TestGateway final : public WorkerGateway {
 public:
  std::optional<WorkerIdentity> authenticate(std::string_view token) const override {
    if (token == "Basic echo") return WorkerIdentity{kWorker, kEcho, uid};
    if (token == "Basic other") return WorkerIdentity{kOtherWorker, kOther, uid};
    return std::nullopt;
  }
  void next_work(const WorkerId& worker, WorkHandler handler) override {
    EXPECT_EQ(worker, kWorker);
    ++requests;
    waiting = std::move(handler);
    if (!items.empty()) give();
  }
  void forget_request(const WorkerId&) override {
    ++forgotten;
    waiting = nullptr;
  }
  void return_work(const WorkerId& worker, const InvocationId& id) override {
    EXPECT_EQ(worker, kWorker);
    returned.push_back(id.str());
  }
  Result<void> post_result(const WorkerId&, const InvocationId& id, InvocationResult result) override {
    if (id == InvocationId("unknown")) return Error(Code::not_found, "not this worker's");
    results.emplace_back(id.str(), std::string(result.payload.view()));
    last_error = result.error;
    return ok();
  }
  void post_initialized(const WorkerId&, std::optional<std::string> failure) override {
    initialized.push_back(failure);
  }
  void note_call(const WorkerId&) override {}
  std::vector<WorkerStatus> workers() const override {
    return {{kWorker, kEcho, WorkerState::waiting, 4711}, {kOtherWorker, kOther, WorkerState::working, 4712}};
  }
  bool is_deployed(const FunctionArn& function) const override { return function == kIdle; }

  void give(WorkItem item) {
    items.push_back(std::move(item));
    if (waiting) give();
  }
  void give() {
    WorkItem item = std::move(items.front());
    items.erase(items.begin());
    std::exchange(waiting, nullptr)(std::move(item));
  }

  uid_t uid = ::getuid();
  WorkHandler waiting;
  std::vector<WorkItem> items;
  std::vector<std::pair<std::string, std::string>> results;
  std::vector<std::string> returned;
  FunctionError last_error = FunctionError::none;
  std::vector<std::optional<std::string>> initialized;
  int requests = 0, forgotten = 0;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

inline std::string path_of(const FunctionArn& arn, std::string_view tail = "") {
  return "/2016-11-01/functions/" + arn.str() + std::string(tail);
}

class IpcServerTest : public testing::Test {
 protected:
  IpcServerTest() : server_(io_, options()) {
    auto listeners = listen_on(io_, "127.0.0.1", 0, "--ipc").value();
    port_ = listeners.port;
    stacks_ = listeners.acceptors.size();
    EXPECT_TRUE(
        server_.start(std::move(listeners),
                      {gateway_, invoker_, publisher_,
                       [this](const WorkerIdentity&, LegacyLogBatch batch) { logs_.push_back(std::move(batch)); }},
                      {.handle =
                           [](HttpExchangePtr exchange) {
                             HttpResponse response;
                             response.body = "elsewhere " + exchange->request().target;
                             exchange->respond(std::move(response));
                           },
                       .judge =
                           [](const HttpRequest&, const Peer&) {
                             return HeadVerdict{100'000, {}};
                           }}));
    socket_ = server_.open(kWorker, gateway_.uid).value();
  }
  ~IpcServerTest() override {
    bool stopped = false;
    asio::co_spawn(io_, server_.stop(), [&](const std::exception_ptr&) { stopped = true; });
    run_until([&] { return stopped; });
    for (const SharedStream& stream : streams_) stream->close();
    io_.restart();
    io_.poll();
  }

  IpcOptions options() {
    IpcOptions out;
    out.socket_directory = directory_ + "/socket";
    return out;
  }
  /// Fails only when it hangs.
  void run_until(const std::function<bool()>& reached) { ASSERT_TRUE(fescue::run_until(io_, reached)); }
  template <class T>
  T run(Task<Result<T>> task) {
    return run_task(io_, std::move(task)).value();
  }

  // Streams live as long as the test, since calls that are never answered use them to the end.
  using SharedStream = std::shared_ptr<Stream>;
  SharedStream keep(StreamPtr stream) { return streams_.emplace_back(std::move(stream)); }
  SharedStream connect_worker_socket() { return keep(run(connect_unix(socket_, std::chrono::seconds(5)))); }
  SharedStream dial_tcp(std::string host = "127.0.0.1") {
    return keep(run(connect_tcp(host, port_, std::chrono::seconds(5))));
  }

  static HttpRequest make_request(std::string method, std::string target, Headers headers, std::string body) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers.add("Authorization", "Basic echo");
    for (auto& [name, value] : headers) request.headers.add(name, value);
    request.body = std::move(body);
    return request;
  }
  HttpResponse call(Stream& stream, std::string method, std::string target, Headers headers = {},
                    std::string body = {}) {
    return run(http_exchange(stream, make_request(std::move(method), std::move(target), std::move(headers), body)));
  }
  HttpResponse call_with_token(const std::string& token, Stream& stream, std::string target) {
    HttpRequest request;
    request.method = "GET";
    request.target = std::move(target);
    if (!token.empty()) request.headers.add("Authorization", token);
    return run(http_exchange(stream, std::move(request)));
  }
  /// A call that is answered later.
  std::shared_ptr<std::optional<HttpResponse>> begin(Stream& stream, std::string method, std::string target,
                                                     Headers headers = {}, std::string body = {}) {
    auto answer = std::make_shared<std::optional<HttpResponse>>();
    auto request = make_request(std::move(method), std::move(target), std::move(headers), std::move(body));
    asio::co_spawn(io_, http_exchange(stream, std::move(request)),
                   [answer](const std::exception_ptr&, Result<HttpResponse> result) {
                     if (result) *answer = std::move(*result);
                   });
    return answer;
  }

  std::vector<SharedStream> streams_;
  const TempDirectory own_;
  const std::string directory_ = own_.path();
  asio::io_context io_{1};
  TestGateway gateway_;
  TestInvoker invoker_;
  TestPublisher publisher_;
  std::vector<LegacyLogBatch> logs_;
  IpcServer server_;
  std::uint16_t port_ = 0;
  std::size_t stacks_ = 0;
  std::string socket_;
};

}  // namespace fescue
