// Requests on connections that the test plays, byte by byte where it matters.
#include "sys/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/http_parser.h"
#include "sys/http/http_server_test_support.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string there_now(Stream& stream) {
  char bytes[4096];
  const auto [error, got] = stream.read_now(asio::buffer(bytes));
  return {bytes, got};
}

TEST_F(HttpServerTest, ARequestThatCameWithItsConnectionIsAnsweredAtOnce) {
  start([](HttpExchangePtr exchange) { exchange->respond({}); },
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(there_now(*client), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(std::get<0>(client->read_now(asio::buffer(&client_fd, 1))), asio::error::eof);
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(HttpServerTest, AConnectionWhoseFirstRequestCameWithItIsKept) {
  start([](HttpExchangePtr exchange) { exchange->respond({}); }, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(there_now(*client), StartsWith("HTTP/1.1 200 OK\r\n"));
  send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, ALateAnswerToARequestThatCameWithItsConnectionIsSent) {
  HttpExchangePtr kept;
  start([&](HttpExchangePtr exchange) { kept = std::move(exchange); },
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(received(), "");
  kept->respond({});
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, NothingIsReadForAStoppedServer) {
  tasks.stop();
  start([](const HttpExchangePtr&) { FAIL(); }, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(there_now(*client), "");
}

TEST_F(HttpServerTest, AnswersOneRequestAfterAnother) {
  start(echo);
  send("GET /one HTTP/1.1\r\n\r\n");
  EXPECT_EQ(without_dates(received()), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET /one ");
  send("POST /two HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(without_dates(received()), "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nPOST /two abc");
  EXPECT_FALSE(at_end);
  EXPECT_EQ(tasks.size(), 1u);
}

TEST_F(HttpServerTest, SaysTheDate) {
  start(echo);
  EXPECT_THAT(talk("GET / HTTP/1.1\r\n\r\n"),
              testing::ContainsRegex("Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9][0-9] [A-Z][a-z][a-z] 2[0-9]{3} "
                                     "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT\r\n"));
}

TEST_F(HttpServerTest, AnswersRequestsThatComeTogetherInOrder) {
  start(echo);
  const auto all = talk("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n");
  EXPECT_LT(all.find("/1"), all.find("/2"));
  EXPECT_LT(all.find("/2"), all.find("/3"));
  EXPECT_THAT(all, EndsWith("GET /3 "));
}

TEST_F(HttpServerTest, ClosesWhenEitherSideWantsTo) {
  start(echo);
  const auto closed = talk("GET /1 HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_THAT(closed, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(closed, EndsWith("GET /1 "));
  at_end = false;
  start([](HttpExchangePtr exchange) {
    HttpResponse response;
    response.headers.add("connection", "close");
    exchange->respond(std::move(response));
  });
  const auto one = talk("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(without_dates(one), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  start(echo);
  EXPECT_EQ(without_dates(talk("GET / HTTP/1.0\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nGET / ");
  at_end = false;
  start(echo);
  send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(received(), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_FALSE(at_end);
}

TEST_F(HttpServerTest, HeadAndBodilessStatusesHaveNoBody) {
  start([](HttpExchangePtr exchange) {
    HttpResponse response;
    response.status = exchange->request().target == "/204" ? 204 : 200;
    response.body = "text";
    exchange->respond(std::move(response));
  });
  EXPECT_EQ(without_dates(talk("HEAD / HTTP/1.1\r\n\r\nGET /204 HTTP/1.1\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(HttpServerTest, KeepsItsOwnFieldsAndItsFraming) {
  options.server_name = "fescue";
  start([](HttpExchangePtr exchange) {
    HttpResponse response;
    response.status = 299;
    response.headers.add("X-Amz-Function-Error", "");
    response.headers.add("Content-Length", "999");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("Date", "never");
    response.headers.add("X-Split", "a\r\nInjected: b");
    response.headers.add("Bad name", "x");
    response.body = "12345";
    exchange->respond(std::move(response));
  });
  EXPECT_EQ(without_dates(talk("GET / HTTP/1.1\r\n\r\n")),
            "HTTP/1.1 299 Unknown\r\nServer: fescue\r\nX-Amz-Function-Error: \r\nX-Split: a  Injected: b\r\n"
            "Content-Length: 5\r\n\r\n12345");
}

TEST_F(HttpServerTest, TerseHeadsSayNoMoreThanNeeded) {
  options.terse = true;
  start(echo);
  EXPECT_EQ(talk("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nGET / HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nGET / ");
}

TEST_F(HttpServerTest, ReadsChunkedBodiesAndAsksForThem) {
  start(echo);
  send("PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(received(), "HTTP/1.1 100 Continue\r\n\r\n");
  send("5\r\nhello\r\n");
  EXPECT_EQ(received(), "");
  send("0\r\n\r\n");
  EXPECT_THAT(received(), EndsWith("PUT /c hello"));
}

TEST_F(HttpServerTest, CarriesLargeBodiesBothWays) {
  start([](HttpExchangePtr exchange) { exchange->respond({200, {}, std::move(exchange->request().body)}); });
  const std::string body(5'000'000, 'x');
  const auto answer = talk("POST / HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n" + body);
  EXPECT_THAT(answer.substr(0, 200), HasSubstr("Content-Length: 5000000\r\n"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, body.size());
}

// --- Bad input ------------------------------------------------------------------------------------------------------

TEST_F(HttpServerTest, RefusesBadRequestsAndCloses) {
  struct Bad {
    unsigned status;
    std::string bytes;
  };
  options.max_header_bytes = 1000;
  options.max_body_bytes = 1000;
  const std::vector<Bad> table = {
      {400, "\x16\x03\x01\x02 a TLS hello"},
      {400, "GET /\r\n"},
      {400, "GET / HTTP/1.1\n\n"},
      {400, "GET / HTTP/1.1\r\nName : x\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n"},
      {400, "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
      {400, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
      {400, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n"},
      {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {501, "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"},
      {417, "POST / HTTP/1.1\r\nExpect: more\r\n\r\n"},
      {413, "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')},
      {413, "POST / HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x')},
      {413, "PUT / HTTP/1.1\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"},
      {413, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n"},
      {431, "GET /" + std::string(1000, 'a') + " HTTP/1.1\r\n\r\n"},
      {431, "GET / HTTP/1.1\r\nX: " + std::string(1000, 'a')},
  };
  for (const auto& bad : table) {
    SCOPED_TRACE(bad.bytes.substr(0, 100));
    refused.clear();
    at_end = false;
    start([](HttpExchangePtr) { FAIL() << "a bad request reached the handler"; });
    const auto answer = talk(bad.bytes);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(bad.status) + " "));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(refused, ElementsAre(bad.status));
    EXPECT_EQ(tasks.size(), 0u);
  }
}

HttpHandler echo_sizes() {
  return [](HttpExchangePtr exchange) {
    HttpResponse response;
    response.body = std::to_string(exchange->request().body.size());
    exchange->respond(std::move(response));
  };
}

TEST_F(HttpServerTest, AHeadThatIsRefusedCostsNoBody) {
  options.judge = [](const HttpRequest& head, const Peer&) {
    HeadVerdict verdict;
    verdict.refusal.emplace().status = head.headers.get("Key") == "good" ? 500 : 403;
    return verdict;
  };
  start([](HttpExchangePtr) { FAIL() << "handled"; });
  send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  const std::string answer = received();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, AHeadMayLowerWhatItsBodyMayHave) {
  options.judge = [](const HttpRequest&, const Peer&) { return HeadVerdict{10, {}}; };
  options.write_refusal = [](const HttpRequest& head, const Peer&, unsigned status, std::string_view) {
    return HttpResponse{status, {}, "no " + head.target};
  };
  start(echo_sizes());
  send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  EXPECT_THAT(received(), IsEmpty());
  send("0123456789");
  EXPECT_THAT(received(), EndsWith("10"));
  send("PUT /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n");
  EXPECT_THAT(received(), IsEmpty());
  send("3\r\n");
  const std::string answer = received();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, EndsWith("no /b"));
  EXPECT_THAT(refused, ElementsAre(413U));
}

TEST_F(HttpServerTest, BodiesTakeNoMoreThanTheirBudget) {
  const BodyBudget budget({.of_origin = 300'000, .in_all = 300'000});
  options.body_budget = budget;
  HttpExchangePtr held;
  start([&](HttpExchangePtr exchange) { held = std::move(exchange); });
  send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  received();
  EXPECT_LE(budget.held(), 65'536U) << "what is only announced takes no more than a step";
  send(std::string(200'000, 'x'));
  received();
  ASSERT_TRUE(held);
  EXPECT_EQ(budget.held(), 200'000U) << "until somebody vouches for it";
  held->release_body_budget();
  EXPECT_EQ(budget.held(), 0U);
  held->respond({});
  received();
  send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n");
  send(std::string(150'000, 'x'));
  EXPECT_THAT(received(), IsEmpty());
  send(std::string(150'000, 'x'));
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_EQ(budget.held(), 0U);
  EXPECT_EQ(budget.refused(), 1U);
}

TEST_F(HttpServerTest, AnswersWhatCameBeforeABadRequest) {
  start(echo);
  const auto all = talk("GET /good HTTP/1.1\r\n\r\nBAD\r\n\r\n");
  EXPECT_THAT(all, HasSubstr("GET /good HTTP/1.1 400 Bad Request"));
}

TEST_F(HttpServerTest, AnIncompleteRequestAtTheEndIsNotAnswered) {
  start(echo);
  EXPECT_EQ(talk("GET / HTTP/1.1\r\n"), "");
  at_end = false;
  start(echo);
  EXPECT_EQ(talk("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort"), "");
  EXPECT_THAT(refused, IsEmpty());
}

// --- Time -----------------------------------------------------------------------------------------------------------

TEST_F(HttpServerTest, ASlowHeaderTimesOut) {
  options.header_timeout = std::chrono::milliseconds(1);
  start(echo);
  send("GET / HTTP/1.1\r\nSlow");
  client_tasks.spawn("reader", read_to_end(this));
  io.run_one();
  while (!at_end && io.run_one() > 0) {
    if (!input.empty()) client->finish_writing();
  }
  EXPECT_THAT(input, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(refused, ElementsAre(408u));
}

TEST_F(HttpServerTest, ASlowBodyTimesOut) {
  options.body_timeout = std::chrono::milliseconds(1);
  start(echo);
  send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nslow");
  client_tasks.spawn("reader", read_to_end(this));
  while (!at_end && io.run_one() > 0) {
    if (!input.empty()) client->finish_writing();
  }
  EXPECT_THAT(input, StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  options.idle_timeout = std::chrono::milliseconds(1);
  start(echo);
  client_tasks.spawn("reader", read_to_end(this));
  io.run();
  EXPECT_EQ(input, "");
  EXPECT_TRUE(at_end);
  EXPECT_THAT(refused, IsEmpty());
}

TEST_F(HttpServerTest, APeerThatDoesNotReadIsGivenUp) {
  options.body_timeout = std::chrono::milliseconds(1);
  start([](HttpExchangePtr exchange) { exchange->respond({200, {}, std::string(5'000'000, 'x')}); });
  send("GET / HTTP/1.1\r\n\r\n");
  io.run();
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(HttpServerTest, ARefusedPeerThatGoesOnIsCutOff) {
  options.body_timeout = std::chrono::milliseconds(1);
  start(echo);
  send("BAD\r\n\r\n");
  client_tasks.spawn("reader", read_to_end(this));
  io.run();  // the client keeps its side open: the server closes it after its timeout
  EXPECT_THAT(input, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(HttpServerTest, StopsWithItsGroup) {
  start(echo);
  send("GET / HTTP/1.1\r\nHalf");
  received();
  tasks.stop();
  received();
  EXPECT_TRUE(at_end);
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(HttpServerTest, ASlowSenderGivesWay) {
  options.body_budget.emplace(
      BodyBudget::Limits{.of_origin = 100'000, .in_all = 100'000, .respite = std::chrono::milliseconds(0)});
  const auto begin = [this] {
    start(echo);
    send("POST / HTTP/1.1\r\nContent-Length: 90000\r\n\r\n");
    io.restart();
    io.poll();
    return std::move(client);
  };
  const StreamPtr slow = begin();
  EXPECT_EQ(there_now(*slow), "");
  const StreamPtr next = begin();
  EXPECT_THAT(there_now(*slow), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(there_now(*next), "");
  EXPECT_EQ(refused, std::vector<unsigned>{408});
  EXPECT_EQ(options.body_budget->gave_way(), 1U);
}

TEST_F(HttpServerTest, WhatTheJudgeGivesIsHeldUntilTheAnswer) {
  const auto hold = std::make_shared<int>();
  options.judge = [&hold](const HttpRequest&, const Peer&) { return HeadVerdict{100, std::nullopt, hold}; };
  HttpExchangePtr kept;
  start([&kept](HttpExchangePtr exchange) { kept = std::move(exchange); });
  send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n");
  received();
  EXPECT_GT(hold.use_count(), 1);
  send("body");
  received();
  ASSERT_TRUE(kept);
  EXPECT_GT(hold.use_count(), 1);
  kept->respond({200, {}, ""});
  EXPECT_EQ(hold.use_count(), 1);
  send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n");
  received();
  EXPECT_GT(hold.use_count(), 1);
  client->close();
  received();
  EXPECT_EQ(hold.use_count(), 1) << "the sender has gone";
}

}  // namespace
}  // namespace fescue
