// The IPC API but for work (ipc_work_test.cc).
#include "ipc/ipc_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include "ipc/access.h"
#include "ipc/ipc_server_test_support.h"
#include "sys/net/connect.h"
#include "sys/net/peer_uid.h"

namespace fescue {
namespace {

TEST_F(IpcServerTest, ACallAndItsResult) {
  const SharedStream stream = dial_tcp();
  const auto posted = call(*stream, "POST", path_of(kOther), {{"X-Amz-Client-Context", "e30="}}, "question");
  EXPECT_EQ(posted.status, 200u);
  const std::string id(posted.headers.get("X-Amz-InvocationId"));
  ASSERT_EQ(invoker_.invocations.size(), 1u);
  const Invocation& invocation = invoker_.invocations[0];
  EXPECT_EQ(invocation.id.str(), id);
  EXPECT_EQ(invocation.caller, kEcho);
  EXPECT_EQ(invocation.target, kOther);
  EXPECT_EQ(invocation.type, InvocationType::request_response);
  EXPECT_EQ(invocation.client_context, "e30=");
  EXPECT_EQ(invocation.payload.view(), "question");

  const auto fetched = begin(*stream, "GET", path_of(kOther), {{"X-Amz-InvocationId", id}});
  io_.poll();
  EXPECT_FALSE(fetched->has_value());
  invoker_.done({FunctionError::none, Payload(std::string("answer"))});
  run_until([&] { return fetched->has_value(); });
  EXPECT_EQ((*fetched)->status, 200u);
  EXPECT_EQ((*fetched)->body, "answer");
  ASSERT_TRUE((*fetched)->headers.find("X-Amz-Function-Error").has_value());
  EXPECT_EQ((*fetched)->headers.get("X-Amz-Function-Error"), "");
  EXPECT_EQ(call(*stream, "GET", path_of(kOther), {{"X-Amz-InvocationId", id}}).status, 404u);
}

TEST_F(IpcServerTest, ErrorsOfTheFunctionAreNamed) {
  const SharedStream stream = dial_tcp();
  const auto posted = call(*stream, "POST", path_of(kOther));
  invoker_.done(failed_result(FunctionError::unhandled, "died"));
  const auto fetched = call(*stream, "GET", path_of(kOther),
                            {{"X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId"))}});
  EXPECT_EQ(fetched.status, 200u);
  EXPECT_EQ(fetched.headers.get("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(fetched.body, R"({"errorMessage":"died"})");
}

TEST_F(IpcServerTest, ResultsAreForTheCallerAlone) {
  const SharedStream stream = dial_tcp();
  invoker_.answer = InvocationResult{FunctionError::none, Payload("secret")};
  const auto posted = call(*stream, "POST", path_of(kOther));
  HttpRequest theft;
  theft.method = "GET";
  theft.target = path_of(kOther);
  theft.headers.add("Authorization", "Basic other");
  theft.headers.add("X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId")));
  EXPECT_EQ(run(http_exchange(*stream, std::move(theft))).status, 404u);
}

TEST_F(IpcServerTest, OneRequestWaitsForAResult) {
  const SharedStream first = dial_tcp(), second = dial_tcp();
  const auto posted = call(*first, "POST", path_of(kOther));
  const Headers id{{"X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId"))}};
  const auto waiting = begin(*first, "GET", path_of(kOther), id);
  const auto late = begin(*second, "GET", path_of(kOther), id);
  run_until([&] { return waiting->has_value() || late->has_value(); });
  EXPECT_EQ((waiting->has_value() ? *waiting : *late)->status, 409u);
}

TEST_F(IpcServerTest, EventsHaveNoResult) {
  const SharedStream stream = dial_tcp();
  const auto posted = call(*stream, "POST", path_of(kOther), {{"X-Amz-Invocation-Type", "Event"}});
  EXPECT_EQ(posted.status, 202u);
  EXPECT_FALSE(posted.headers.get("X-Amz-InvocationId").empty());
  EXPECT_EQ(invoker_.invocations[0].type, InvocationType::event);
  EXPECT_FALSE(invoker_.done);
}

TEST_F(IpcServerTest, RefusalsKeepTheirMeaning) {
  const SharedStream stream = dial_tcp();
  const std::pair<Code, unsigned> expected[] = {{Code::not_found, 404},
                                                {Code::resource_exhausted, 429},
                                                {Code::invalid_argument, 400},
                                                {Code::unimplemented, 501}};
  for (const auto& [code, status] : expected) {
    invoker_.refusal = Error(code, "because");
    const auto posted = call(*stream, "POST", path_of(kOther));
    EXPECT_EQ(posted.status, status);
    EXPECT_EQ(posted.body, "because");
  }
  EXPECT_EQ(call(*stream, "POST", path_of(kOther), {{"X-Amz-Client-Context", "{}"}}).status, 400u);
  EXPECT_EQ(call(*stream, "PATCH", path_of(kOther)).headers.get("Allow"), "GET, POST");
  EXPECT_EQ(server_.counters().refused_calls, 6u);
}

TEST_F(IpcServerTest, PublishesAsTheAuthenticatedFunction) {
  const SharedStream stream = dial_tcp();
  const std::string context = base64_encode(R"({"custom":{"source":"arn:forged","subject":"a/b"}})");
  const auto posted = call(*stream, "POST", path_of(system_function::router, ":1"),
                           {{"X-Amz-Client-Context", context}, {"X-Amz-Invocation-Type", "Event"}}, "message");
  EXPECT_EQ(posted.status, 202u);
  ASSERT_EQ(publisher_.messages.size(), 1u);
  EXPECT_EQ(publisher_.messages[0].source, Endpoint::function(kEcho));
  EXPECT_EQ(publisher_.messages[0].topic.view(), "a/b");
  EXPECT_EQ(publisher_.messages[0].payload.view(), "message");
  EXPECT_TRUE(invoker_.invocations.empty());
}

TEST_F(IpcServerTest, APublishThatCannotBeIsRefused) {
  const SharedStream stream = dial_tcp();
  const auto publish = [&](std::string_view context, std::string body) {
    return call(*stream, "POST", path_of(system_function::router), {{"X-Amz-Client-Context", base64_encode(context)}},
                std::move(body))
        .status;
  };
  EXPECT_EQ(publish("{}", ""), 400u);
  EXPECT_EQ(publish(R"({"custom":{"subject":"a/#"}})", ""), 400u);
  EXPECT_EQ(publish(R"({"custom":{"subject":"a"}})", std::string(kMaxMessageBytes + 1, 'x')), 413u);
  publisher_.full = true;
  EXPECT_EQ(publish(R"({"custom":{"subject":"a","queueFullPolicy":"AllOrError"}})", ""), 429u);
  EXPECT_EQ(publish(R"({"custom":{"subject":"a"}})", std::string(kMaxMessageBytes, 'x')), 200u);
}

TEST_F(IpcServerTest, APublishThatAsksForAResultGetsAnEmptyOne) {
  const SharedStream stream = dial_tcp();
  const auto posted = call(*stream, "POST", path_of(system_function::router),
                           {{"X-Amz-Client-Context", base64_encode(R"({"custom":{"subject":"a"}})")}}, "x");
  const auto fetched = call(*stream, "GET", path_of(system_function::router),
                            {{"X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId"))}});
  EXPECT_EQ(fetched.status, 200u);
  EXPECT_EQ(fetched.body, "");
}

TEST_F(IpcServerTest, TokensMustFit) {
  const SharedStream stream = dial_tcp();
  const std::string target = path_of(kEcho, "/work");
  for (const char* token : {"", "Basic wrong", "echo", "basic echo"}) {
    EXPECT_EQ(call_with_token(token, *stream, target).status, 403u) << token;
  }
  EXPECT_EQ(call_with_token("Basic other", *stream, target).status, 403u) << "another function's work";
  gateway_.uid = ::getuid() + 1;
  EXPECT_EQ(call_with_token("Basic echo", *stream, target).status, 403u) << "another user than the worker's";
  EXPECT_EQ(server_.counters().refused_tokens, 6u);
  EXPECT_EQ(gateway_.requests, 0);
}

/// A body of that size is announced; what is answered before any of it was sent.
class AnnouncedBodyTest : public IpcServerTest {
 protected:
  std::string answer_to(Stream& stream, const std::string& target, const std::string& token, std::size_t size) {
    const std::string head = "POST " + target + " HTTP/1.1\r\nHost: a\r\n" +
                             (token.empty() ? "" : "Authorization: " + token + "\r\n") +
                             "Content-Length: " + std::to_string(size) + "\r\nExpect: 100-continue\r\n\r\n";
    EXPECT_EQ(stream.write_now(asio::buffer(head)), head.size());
    std::string got(64, '\0');
    bool done = false;
    asio::co_spawn(io_, stream.read_some(asio::buffer(got)), [&](const std::exception_ptr&, auto result) {
      got.resize(std::get<1>(result));
      done = true;
    });
    run_until([&] { return done; });
    return got.substr(0, 12);
  }
};

TEST_F(AnnouncedBodyTest, IsReadOfWorkersAlone) {
  const std::string invoke = path_of(kEcho);
  const auto by_tcp = [&](const std::string& target, const std::string& token, std::size_t size) {
    return answer_to(*dial_tcp(), target, token, size);
  };
  EXPECT_EQ(by_tcp(invoke, "Basic echo", 6'000'000), "HTTP/1.1 100");
  EXPECT_EQ(by_tcp(invoke, "", 6'000'000), "HTTP/1.1 403");
  EXPECT_EQ(by_tcp(invoke, "Basic nobody", 6'000'000), "HTTP/1.1 403");
  EXPECT_EQ(answer_to(*connect_worker_socket(), invoke, "Basic nobody", 6'000'000), "HTTP/1.1 403");
  EXPECT_EQ(by_tcp("/2016-11-01/health/workers", "", 6'000'000), "HTTP/1.1 413");
  EXPECT_EQ(by_tcp("/2016-11-01/health/workers", "", 1000), "HTTP/1.1 100");
  EXPECT_EQ(by_tcp("/elsewhere", "", 6'000'000), "HTTP/1.1 413");
  EXPECT_EQ(server_.counters().refused_tokens, 3U);
}

TEST_F(AnnouncedBodyTest, OfOneWorkerLeavesRoomForOthers) {
  const std::string half(3'000'000, 'x');
  std::vector<std::string> answers;
  while (server_.counters().bad_requests == 0 && answers.size() < 100) {
    const SharedStream stream = connect_worker_socket();
    answers.push_back(answer_to(*stream, path_of(kEcho), "Basic echo", 6'000'000));
    asio::co_spawn(io_, stream->write_all(asio::buffer(half)), [](const std::exception_ptr&, error_code) {});
    for (int i = 0; i < 200; ++i) io_.restart(), io_.run_one_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(server_.counters().bad_requests, 1U) << answers.size() << ": 503, or 408 where an earlier one is slow";
  EXPECT_LE(server_.counters().body_bytes, kMaxIpcBodiesOfCaller);
  EXPECT_EQ(answer_to(*dial_tcp(), path_of(kEcho), "Basic echo", 6'000'000), "HTTP/1.1 100");
}

TEST_F(IpcServerTest, AWorkersSocketIsForItAlone) {
  const SharedStream stream = connect_worker_socket();
  EXPECT_EQ(call_with_token("Basic other", *stream, path_of(kOther, "/work")).status, 403u);
  EXPECT_EQ(server_.counters().refused_tokens, 1u);
}

TEST_F(IpcServerTest, AWorkersSocketLetsNoOtherUserIn) {
  const std::string path = server_.open(kOtherWorker, ::getuid() + 1).value();
  const SharedStream stream = keep(run(connect_unix(path, std::chrono::seconds(5))));
  std::optional<bool> refused;
  auto request = make_request("GET", path_of(kOther, "/work"), {}, {});
  asio::co_spawn(io_, http_exchange(*stream, std::move(request)),
                 [&](const std::exception_ptr&, Result<HttpResponse> result) { refused = !result; });
  run_until([&] { return refused.has_value(); });
  EXPECT_TRUE(*refused);
  EXPECT_EQ(server_.counters().refused_peers, 1u);
}

class RuntimeApiSocketTest : public IpcServerTest {
 protected:
  RuntimeApiSocketTest() { api_ = server_.open_runtime_api({kWorker, kEcho, std::chrono::seconds(3)}).value(); }
  SharedStream dial_api() { return keep(run(connect_tcp("127.0.0.1", api_, std::chrono::seconds(5)))); }
  std::shared_ptr<std::optional<HttpResponse>> ask_for_work(Stream& stream) {
    return begin(stream, "GET", "/2018-06-01/runtime/invocation/next");
  }
  /// The number of our own group as the kernel says it of our sockets; 0 where it does not.
  std::uint64_t own_group() {
    tcp::acceptor listener(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(io_), server(io_);
    client.connect(listener.local_endpoint());
    listener.accept(server);
    const auto owner = PeerUidLookup().find(server.remote_endpoint(), server.local_endpoint());
    return owner ? owner->cgroup : 0;
  }
  std::uint16_t api_ = 0;
};

TEST_F(RuntimeApiSocketTest, WhoComesEarlyIsHeardWhenTheWorkerHasStarted) {
  const SharedStream worker = dial_api();
  const auto answer = ask_for_work(*worker);
  call(*dial_tcp(), "GET", "/2016-11-01/health/workers");  // meanwhile the other was accepted
  EXPECT_EQ(gateway_.requests, 0);
  server_.admit(kWorker, 0);
  run_until([&] { return gateway_.waiting != nullptr; });
  gateway_.give({InvocationId("i1"), "", Payload(std::string("one"))});
  run_until([&] { return answer->has_value(); });
  EXPECT_EQ((*answer)->body, "one");
}

TEST_F(RuntimeApiSocketTest, ItIsForTheWorkersControlGroupAlone) {
  const std::uint64_t ours = own_group();
  if (ours == 0) GTEST_SKIP() << "this kernel does not say in which group a socket was made";
  server_.admit(kWorker, ours + 1);
  const SharedStream stranger = dial_api();
  run_until([&] { return server_.counters().refused_peers == 1; });
  EXPECT_EQ(gateway_.requests, 0);
  server_.admit(kWorker, ours);
  const SharedStream worker = dial_api();
  const auto answer = ask_for_work(*worker);
  run_until([&] { return gateway_.waiting != nullptr; });
}

TEST_F(RuntimeApiSocketTest, EarlyOnesAreBounded) {
  for (int i = 0; i < 40; ++i) dial_api();
  run_until([&] { return server_.counters().refused_peers == 8; });
  server_.admit(kOtherWorker, 0);  // of no worker socket
  server_.close(kWorker);
}

TEST_F(IpcServerTest, AClosedSocketIsGoneWithItsConnectionsAndResults) {
  const SharedStream tcp = dial_tcp();
  invoker_.answer = InvocationResult{FunctionError::none, Payload("x")};
  const auto posted = call(*tcp, "POST", path_of(kOther));
  const SharedStream worker = connect_worker_socket();
  std::optional<bool> ended;
  auto request = make_request("GET", path_of(kEcho, "/work"), {}, {});
  asio::co_spawn(io_, http_exchange(*worker, std::move(request)),
                 [&](const std::exception_ptr&, Result<HttpResponse> result) { ended = !result; });
  run_until([&] { return gateway_.waiting != nullptr; });
  server_.close(kWorker);
  server_.close(kWorker);
  run_until([&] { return ended.has_value(); });
  EXPECT_TRUE(*ended);
  EXPECT_FALSE(std::filesystem::exists(socket_));
  EXPECT_EQ(server_.counters().worker_connections, 0u);
  const SharedStream another = dial_tcp();
  const auto fetched = call(*another, "GET", path_of(kOther),
                            {{"X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId"))}});
  EXPECT_EQ(fetched.status, 404u);
  EXPECT_TRUE(server_.open(kWorker, ::getuid()));
}

TEST_F(IpcServerTest, SilentConnectionsKeepNobodyOut) {
  const std::size_t most = CallerQuota::limits_here().of_origin;
  const SharedStream known = dial_tcp();
  EXPECT_EQ(call(*known, "POST", path_of(kOther)).status, 200u);
  for (std::size_t i = 0; i < most + 5; ++i) static_cast<void>(i % 2 == 0 ? dial_tcp() : connect_worker_socket());
  run_until([&] { return server_.counters().gave_way >= 5; });
  EXPECT_EQ(server_.counters().new_connections, most);
  EXPECT_EQ(call(*known, "POST", path_of(kOther)).status, 200u);
  EXPECT_EQ(call(*dial_tcp(), "POST", path_of(kOther)).status, 200u);
  EXPECT_EQ(call(*connect_worker_socket(), "POST", path_of(kOther)).status, 200u);
}

TEST_F(IpcServerTest, AWorkerHasSoManyConnectionsOverAllItsListeners) {
  const std::size_t most = CallerQuota::limits_here().of_caller;
  const auto dial = [&](std::size_t i) { return i % 2 == 0 ? dial_tcp() : connect_worker_socket(); };
  for (std::size_t i = 0; i < most; ++i) EXPECT_EQ(call(*dial(i), "POST", path_of(kOther)).status, 200u);
  for (std::size_t i = 0; i < 2; ++i) {
    const HttpResponse refused = call(*dial(i), "POST", path_of(kOther), {}, std::string(100'000, 'x'));
    EXPECT_EQ(refused.status, 503u);
    EXPECT_EQ(refused.headers.get("Connection"), "close");
  }
  EXPECT_EQ(server_.counters().worker_connections, most);
  EXPECT_EQ(server_.counters().refused_connections, 2u);
  EXPECT_EQ(call_with_token("Basic other", *dial_tcp(), "/2016-11-01/credentialprovider/").status, 404u);
}

TEST_F(RuntimeApiSocketTest, ItIsOnBothStacks) {
  if (stacks_ < 2) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_FALSE(listen_tcp(io_, "::1", api_, "a function"));
  server_.admit(kWorker, 0);
  const SharedStream worker = keep(run(connect_tcp("::1", api_, std::chrono::seconds(5))));
  const auto answer = ask_for_work(*worker);
  run_until([&] { return gateway_.waiting != nullptr; });
}

TEST_F(IpcServerTest, InitializationIsReported) {
  const SharedStream stream = dial_tcp();
  const std::string target = path_of(kEcho, "/initialized");
  EXPECT_EQ(call(*stream, "PUT", target, {}, R"({"Success": true, "Response": ""})").status, 200u);
  EXPECT_EQ(call(*stream, "PUT", target, {}, R"x({"Success": false, "Response": "E(\"x\")"})x").status, 200u);
  EXPECT_EQ(call(*stream, "PUT", target, {}, "{}").status, 400u);
  EXPECT_EQ(call(*stream, "PUT", target, {}, "no json").status, 400u);
  ASSERT_EQ(gateway_.initialized.size(), 2u);
  EXPECT_EQ(gateway_.initialized[0], std::nullopt);
  EXPECT_EQ(gateway_.initialized[1], "E(\"x\")");
}

TEST_F(IpcServerTest, HealthNeedsNoToken) {
  const SharedStream stream = dial_tcp();
  const auto all = call_with_token("", *stream, "/2016-11-01/health/workers");
  EXPECT_EQ(all.status, 200u);
  EXPECT_EQ(all.body, R"([{"FuncArn":")" + kEcho.str() + R"(","WorkerId":")" + kWorker.str() +
                          R"(","ProcessId":"4711","WorkerState":"Waiting"},{"FuncArn":")" + kOther.str() +
                          R"(","WorkerId":")" + kOtherWorker.str() +
                          R"(","ProcessId":"4712","WorkerState":"Working"}])");
  const auto some =
      call(*stream, "POST", "/2016-11-01/health/workers", {}, R"({"FuncArns":[")" + kOther.str() + R"(","arn:none"]})");
  EXPECT_EQ(some.body, R"({"Workers":[{"FuncArn":")" + kOther.str() + R"(","WorkerId":")" + kOtherWorker.str() +
                           R"(","ProcessId":"4712","WorkerState":"Working"}],"InvalidArns":["arn:none"]})");
  const auto idle = call(*stream, "POST", "/2016-11-01/health/workers", {}, R"({"FuncArns":[")" + kIdle.str() + "\"]}");
  EXPECT_EQ(idle.body, R"({"Workers":[{"FuncArn":")" + kIdle.str() +
                           R"(","WorkerId":"","ProcessId":"0","WorkerState":"NotStarted"}],"InvalidArns":[]})");
  for (const char* body : {"", "[]", "{}", R"({"FuncArns":[]})", R"({"FuncArns":[1]})", R"({"FuncArns":"x"})"}) {
    const auto bad = call(*stream, "POST", "/2016-11-01/health/workers", {}, body);
    EXPECT_EQ(bad.status, 400u);
    EXPECT_EQ(bad.body, "Invalid request");
  }
  std::string many = R"({"FuncArns":["0")";
  for (int i = 1; i < 300; ++i) many += ",\"" + std::to_string(i) + "\"";
  EXPECT_EQ(call(*stream, "POST", "/2016-11-01/health/workers", {}, many + "]}").body,
            "Request exceeds max number of workers");
}

TEST_F(IpcServerTest, CredentialsAreNotFoundInJson) {
  const SharedStream stream = dial_tcp();
  const auto none = call(*stream, "GET", "/2016-11-01/credentialprovider/");
  EXPECT_EQ(none.status, 404u);
  EXPECT_EQ(none.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(call_with_token("", *stream, "/2016-11-01/credentialprovider/").status, 403u);
}

TEST_F(IpcServerTest, LegacyLogsAreHandedOn) {
  const SharedStream stream = dial_tcp();
  const std::string body = R"({"logGroupName":"/Lambda/r/a/f","logEvents":[{"timestamp":1,"message":"[WARN]-hot"}]})";
  EXPECT_EQ(call(*stream, "POST", "/2016-11-01/cloudwatch/logs/", {}, body).status, 200u);
  ASSERT_EQ(logs_.size(), 1u);
  EXPECT_EQ(logs_[0].lines[0].text, "hot");
  EXPECT_EQ(call(*stream, "POST", "/2016-11-01/cloudwatch/logs/", {}, "{}").status, 400u);
}

TEST_F(IpcServerTest, OtherPathsAreTheOwnersOnTcpAlone) {
  const SharedStream tcp = dial_tcp(), worker = connect_worker_socket();
  EXPECT_EQ(call(*tcp, "GET", "/v1/status").body, "elsewhere /v1/status");
  EXPECT_EQ(call(*worker, "GET", "/v1/status").status, 404u);
}

TEST_F(IpcServerTest, BothLoopbackStacksAnswerOnOnePort) {
  if (stacks_ < 2) GTEST_SKIP() << "this machine has no IPv6 loopback";
  const SharedStream stream = dial_tcp("::1");
  EXPECT_EQ(call(*stream, "GET", "/2016-11-01/credentialprovider/").status, 404u);
}

TEST_F(IpcServerTest, StaleSocketsAreRemovedAtStart) {
  const std::string directory = directory_ + "/stale";
  std::filesystem::create_directories(directory);
  { auto left = listen_unix(io_, directory, "x.sock", 0600).value(); }
  ASSERT_TRUE(std::filesystem::exists(directory + "/x.sock"));
  IpcOptions options;
  options.socket_directory = directory;
  IpcServer second(io_, options);
  ASSERT_TRUE(second.start({}, {gateway_, invoker_, publisher_, {}}));
  EXPECT_FALSE(std::filesystem::exists(directory + "/x.sock"));
  bool stopped = false;
  asio::co_spawn(io_, second.stop(), [&](const std::exception_ptr&) { stopped = true; });
  run_until([&] { return stopped; });
}

}  // namespace
}  // namespace fescue
