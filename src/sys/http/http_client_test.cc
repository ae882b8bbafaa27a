// Exchanges with our own server, and with one that answers in every odd way.
#include "sys/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"

namespace fescue {
namespace {

using testing::HasSubstr;

struct HttpClientTest : testing::Test {
  HttpClientTest() : tasks(io) {
    unix_socket::socket ours(io), theirs(io);
    asio::local::connect_pair(ours, theirs);
    client = make_stream(std::move(ours));
    server = make_stream(std::move(theirs));
  }

  Result<HttpResponse> exchange(HttpRequest request, HttpClientOptions options = {});
  /// What a client makes of a server that says exactly `bytes` and closes.
  Result<HttpResponse> response_to(std::string_view bytes, std::string method = "GET") {
    server->write_now(asio::buffer(bytes));
    server->finish_writing();
    HttpRequest request;
    request.method = std::move(method);
    request.target = "/";
    return exchange(std::move(request), {std::chrono::seconds(10), 1000});
  }
  bool client_is_open() { return client->write_now(asio::buffer("x", 1)) == 1; }

  asio::io_context io{1};
  TaskGroup tasks;
  StreamPtr client, server;
  Result<HttpResponse> result = Error(Code::internal, "nothing happened");
};

Task<void> run(Task<Result<HttpResponse>> exchange, HttpClientTest* test) {
  test->result = co_await std::move(exchange);
  test->io.stop();
}

Result<HttpResponse> HttpClientTest::exchange(HttpRequest request, HttpClientOptions options) {
  tasks.spawn("exchange", run(http_exchange(*client, std::move(request), options), this));
  io.restart();
  io.run();
  return result;
}

HttpRequest get(std::string target) { return {"GET", std::move(target), {}, ""}; }

// --- Against our own server -----------------------------------------------------------------------------------------

struct AgainstServer : HttpClientTest {
  AgainstServer() {
    HttpServerOptions options;
    options.max_body_bytes = 1'000'000;
    serve_http(tasks, std::move(server), std::make_shared<HttpServerOptions>(options),
               std::make_shared<HttpHandler>([](HttpExchangePtr exchange) {
                 auto& request = exchange->request();
                 HttpResponse response;
                 response.headers.add("Seen-Host", std::string(request.headers.get("Host")));
                 if (request.target == "/close") response.headers.add("Connection", "close");
                 response.body = request.method + " " + request.target + " " + request.body;
                 exchange->respond(std::move(response));
               }));
  }
};

TEST_F(AgainstServer, ExchangesOneAfterAnother) {
  const auto first = exchange(get("/one"));
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(first->body, "GET /one ");
  EXPECT_EQ(first->headers.get("seen-host"), "localhost");
  HttpRequest post{"POST", "/two", {}, "hello"};
  post.headers.add("Host", "named:1");
  const auto second = exchange(std::move(post));
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->body, "POST /two hello");
  EXPECT_EQ(second->headers.get("seen-host"), "named:1");
  const auto head = exchange({"HEAD", "/three", {}, ""});
  ASSERT_TRUE(head) << head.error().message();
  EXPECT_EQ(head->body, "");
  EXPECT_TRUE(client_is_open());
}

TEST_F(AgainstServer, CarriesLargeBodies) {
  const auto answer = exchange({"POST", "/", {}, std::string(900'000, 'x')});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body.size(), 900'007u);
}

TEST_F(AgainstServer, ClosesWhenTheServerWantsTo) {
  ASSERT_TRUE(exchange(get("/close")));
  EXPECT_FALSE(client_is_open());
}

TEST_F(AgainstServer, SeesTheRefusalOfABodyThatIsTooLarge) {
  const auto answer = exchange({"POST", "/", {}, std::string(20'000'000, 'x')});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 413u);
}

TEST_F(AgainstServer, ReadsABodyThatComesInManyPieces) {
  const auto answer = exchange({"POST", "/", {}, std::string(900'000, 'x')});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body.size(), 900'007u);
}

// --- Against bytes --------------------------------------------------------------------------------------------------

TEST_F(HttpClientTest, ReadsEveryKindOfBody) {
  EXPECT_EQ(response_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")->body, "hi");
}

TEST_F(HttpClientTest, ReadsChunks) {
  EXPECT_EQ(response_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")->body, "hi");
}

TEST_F(HttpClientTest, ReadsUntilTheEnd) {
  EXPECT_EQ(response_to("HTTP/1.1 200 OK\r\n\r\nuntil the end")->body, "until the end");
  EXPECT_FALSE(client_is_open());
}

TEST_F(HttpClientTest, AStreamWithUnaskedBytesIsNotUsedAgain) {
  EXPECT_EQ(response_to("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there")->body, "hi");
  EXPECT_FALSE(client_is_open());
}

struct BadResponse {
  Code code;
  std::string bytes;
};
struct HttpClientErrors : HttpClientTest, testing::WithParamInterface<BadResponse> {};

TEST_P(HttpClientErrors, AreErrors) {
  const auto answer = response_to(GetParam().bytes);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), GetParam().code) << answer.error().message();
  EXPECT_FALSE(client_is_open());
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, HttpClientErrors,
    testing::Values(BadResponse{Code::unavailable, ""}, BadResponse{Code::unavailable, "SSH-2.0-OpenSSH\r\n\r\n"},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\r\n"},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\n\n"},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi"},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
                    BadResponse{Code::too_large, "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"},
                    BadResponse{Code::too_large, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n"},
                    BadResponse{Code::too_large, "HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x')},
                    BadResponse{Code::unavailable, "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n"}));

TEST_F(HttpClientTest, EndlessInterimResponsesAreAnError) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_THAT(response_to(bytes).error().message(), HasSubstr("interim"));
}

TEST_F(HttpClientTest, ASilentServerTimesOut) {
  const auto answer = exchange(get("/"), {std::chrono::milliseconds(1), 1000});
  EXPECT_EQ(answer.error().code(), Code::timeout);
  EXPECT_FALSE(client_is_open());
}

TEST_F(HttpClientTest, RequestsThatCannotBeWrittenAreRefused) {
  for (const char* target : {"", "no slash", "/a b", "/a\r\nInjected: b"}) {
    EXPECT_EQ(exchange(get(target)).error().code(), Code::invalid_argument) << target;
  }
  EXPECT_EQ(exchange({"GET /x HTTP/1.1\r\n", "/", {}, ""}).error().code(), Code::invalid_argument);
  EXPECT_TRUE(client_is_open());
}

}  // namespace
}  // namespace fescue
