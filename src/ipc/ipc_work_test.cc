// What workers ask of the IPC API: their work.
#include <fcntl.h>

#include "ipc/ipc_server_test_support.h"

namespace fescue {
namespace {

TEST_F(IpcServerTest, OneExchangeForEachEvent) {
  const SharedStream worker = connect_worker_socket();
  const auto first = begin(*worker, "GET", path_of(kEcho, "/work"));
  run_until([&] { return gateway_.waiting != nullptr; });
  gateway_.give({InvocationId("i1"), "e30=", Payload(std::string("one"))});
  run_until([&] { return first->has_value(); });
  EXPECT_EQ((*first)->body, "one");
  EXPECT_EQ((*first)->headers.get("X-Amz-InvocationId"), "i1");
  EXPECT_EQ((*first)->headers.get("X-Amz-Client-Context"), "e30=");
  gateway_.items.push_back({InvocationId("i2"), "", Payload(std::string("two"))});
  const auto second = call(*worker, "POST", path_of(kEcho, "/work"),
                           {{"X-Amz-InvocationId", "i1"}, {"Fescue-Next", "1"}}, "result one");
  EXPECT_EQ(second.body, "two");
  EXPECT_EQ(second.headers.get("X-Amz-InvocationId"), "i2");
  ASSERT_EQ(gateway_.results.size(), 1u);
  EXPECT_EQ(gateway_.results[0], (std::pair<std::string, std::string>("i1", "result one")));
  EXPECT_EQ(gateway_.requests, 2);
}

TEST_F(IpcServerTest, InitializedBringsTheItemThatIsThere) {
  const SharedStream worker = connect_worker_socket();
  const auto initialized = [&](std::string body) {
    return call(*worker, "PUT", path_of(kEcho, "/initialized"), {{"Fescue-Next", "1"}}, std::move(body));
  };
  EXPECT_EQ(initialized(R"({"Success": true})").headers.get("X-Amz-InvocationId"), "");
  EXPECT_EQ(gateway_.forgotten, 1);  // it does not wait
  gateway_.items.push_back({InvocationId("i1"), "e30=", Payload(std::string("one"))});
  EXPECT_EQ(initialized(R"({"Success": false, "Response": "broken"})").headers.get("X-Amz-InvocationId"), "");
  const auto answer = initialized(R"({"Success": true})");
  EXPECT_EQ(answer.body, "one");
  EXPECT_EQ(answer.headers.get("X-Amz-InvocationId"), "i1");
  EXPECT_EQ(gateway_.initialized, (std::vector<std::optional<std::string>>{std::nullopt, "broken", std::nullopt}));
}

TEST_F(IpcServerTest, AWorkerMayBeBornWithAConnection) {
  Fd theirs = server_.connect(kWorker).value();
  const int flags = ::fcntl(theirs.get(), F_GETFL);
  EXPECT_EQ(flags & O_NONBLOCK, 0);  // runtimes wait in read()
  ASSERT_EQ(::fcntl(theirs.get(), F_SETFL, flags | O_NONBLOCK), 0);
  const SharedStream worker = keep(make_stream(io_.get_executor(), unix_socket(), std::move(theirs)));
  gateway_.items.push_back({InvocationId("i1"), "", Payload(std::string("one"))});
  EXPECT_EQ(call(*worker, "GET", path_of(kEcho, "/work")).body, "one");
}

TEST_F(IpcServerTest, ResultsWithoutFescueNextAreJustTaken) {
  const SharedStream worker = dial_tcp();
  const auto done = call(*worker, "POST", path_of(kEcho, "/work"),
                         {{"X-Amz-InvocationId", "i1"}, {"X-Amz-Function-Error", "Handled"}}, "{}");
  EXPECT_EQ(done.status, 200u);
  EXPECT_EQ(gateway_.last_error, FunctionError::handled);
  EXPECT_EQ(gateway_.requests, 0);
  EXPECT_EQ(call(*worker, "POST", path_of(kEcho, "/work"), {{"X-Amz-InvocationId", "unknown"}}).status, 404u);
}

TEST_F(IpcServerTest, AWorkerThatGoesAwayIsForgotten) {
  SharedStream worker = connect_worker_socket();
  begin(*worker, "GET", path_of(kEcho, "/work"));
  run_until([&] { return gateway_.waiting != nullptr; });
  worker->close();
  run_until([&] { return gateway_.forgotten == 1; });
}

TEST_F(IpcServerTest, AnItemThatAWorkerDidNotReadComesBack) {
  SharedStream worker = connect_worker_socket();
  const std::string request = "GET " + path_of(kEcho, "/work") + " HTTP/1.1\r\nAuthorization: Basic echo\r\n\r\n";
  ASSERT_EQ(worker->write_now(asio::buffer(request)), request.size());
  run_until([&] { return gateway_.waiting != nullptr; });
  gateway_.give({InvocationId("i1"), "", Payload(std::string("one"))});
  worker->close();
  run_until([&] { return !gateway_.returned.empty(); });
  EXPECT_EQ(gateway_.returned[0], "i1");
  EXPECT_EQ(gateway_.forgotten, 0);
}

TEST_F(IpcServerTest, AReplacedRequestForWorkDoesNotForgetTheNewer) {
  SharedStream older = connect_worker_socket(), newer = connect_worker_socket();
  begin(*older, "GET", path_of(kEcho, "/work"));
  run_until([&] { return gateway_.requests == 1; });
  const auto answer = begin(*newer, "GET", path_of(kEcho, "/work"));
  run_until([&] { return gateway_.requests == 2; });
  older->close();
  gateway_.give({InvocationId("i1"), "", Payload(std::string("one"))});
  run_until([&] { return answer->has_value(); });
  EXPECT_EQ(gateway_.forgotten, 0);
}

}  // namespace
}  // namespace fescue
