// Answers that wait for their reader: what they may take, who loses when there is no room, and bodies from a source.
#include <array>
#include <list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/body_source.h"
#include "sys/http/http_server.h"
#include "sys/http/http_server_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t kLarge = 2'000'000;  // more than a socket takes

/// Connections whose client asks and does not read until it is told to.
struct WaitingAnswersTest : HttpServerTest {
  WaitingAnswersTest() {
    options.on_lost_answer = [this](const Peer& peer, std::string_view why) {
      EXPECT_EQ(peer.address, "unix");
      lost.emplace_back(why);
    };
  }
  void give_budget(std::size_t of_origin, std::size_t in_all, std::chrono::milliseconds respite = 1h) {
    options.answer_budget.emplace(BodyBudget::Limits{.of_origin = of_origin, .in_all = in_all, .respite = respite});
  }
  BodyBudget& budget() { return *options.answer_budget; }

  StreamPtr ask(HttpHandler handler) {
    start(std::move(handler));
    send("GET /large HTTP/1.1\r\n\r\n");
    poll();
    return std::move(client);
  }
  StreamPtr ask_for(std::size_t bytes) {
    return ask([this, bytes](HttpExchangePtr exchange) {
      exchange->on_unread([this] { ++unread; });
      exchange->respond({200, {}, std::string(bytes, 'x')});
    });
  }
  /// All that comes without waiting; `ended` when nothing more will.
  std::string read_from(const StreamPtr& stream) {
    std::string all;
    std::array<char, 100'000> bytes;
    for (;;) {
      poll();
      const auto [error, got] = stream->read_now(asio::buffer(bytes));
      all.append(bytes.data(), got);
      if (error == asio::error::would_block) return all;
      if (error) return ended = true, all;
    }
  }
  void poll() {
    io.restart();
    io.poll();
  }

  std::vector<std::string> lost;
  int unread = 0;
  bool ended = false;
};

TEST_F(WaitingAnswersTest, WhatWaitsIsCountedUntilItIsRead) {
  give_budget(3 * kLarge, 3 * kLarge);
  auto one = ask_for(kLarge);
  EXPECT_GE(budget().held(), kLarge);
  EXPECT_GT(read_from(one).size(), kLarge);
  EXPECT_EQ(budget().held(), 0U);
  EXPECT_EQ(unread, 0);
}

TEST_F(WaitingAnswersTest, ALargeAnswerWithoutRoomIs503AndTheConnectionGoesOn) {
  give_budget(2 * kLarge - 1, 3 * kLarge);
  auto one = ask_for(kLarge);
  auto two = ask_for(kLarge);
  EXPECT_EQ(unread, 1);
  EXPECT_EQ(lost.size(), 1U);
  EXPECT_LT(budget().held(), 2 * kLarge - 1);
  EXPECT_THAT(read_from(two), StartsWith("HTTP/1.1 503 "));
  EXPECT_FALSE(ended);
  EXPECT_THAT(read_from(one), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(budget().refused(), 1U);
}

TEST_F(WaitingAnswersTest, ASlowReaderGivesWay) {
  give_budget(2 * kLarge - 1, 3 * kLarge, 0ms);
  auto one = ask_for(kLarge);
  auto two = ask_for(kLarge);
  EXPECT_EQ(unread, 1);
  EXPECT_EQ(lost.size(), 1U);
  EXPECT_GT(read_from(two).size(), kLarge);
  EXPECT_FALSE(ended);
  EXPECT_LT(read_from(one).size(), kLarge);
  EXPECT_TRUE(ended);
  EXPECT_EQ(budget().gave_way(), 1U);
  EXPECT_EQ(budget().held(), 0U);
}

TEST_F(WaitingAnswersTest, ASmallAnswerIsCountedOnlyWhileItWaits) {
  give_budget(1, 1);
  auto one = ask_for(50'000);
  EXPECT_EQ(budget().held(), 0U);
  EXPECT_THAT(read_from(one), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(lost.size(), 0U);
}

TEST_F(WaitingAnswersTest, WhoReadsNoSmallAnswersIsClosedWhenThereIsNoRoom) {
  give_budget(1, 1);
  start([this](HttpExchangePtr exchange) {
    exchange->on_unread([this] { ++unread; });
    exchange->respond({200, {}, std::string(60'000, 'x')});
  });
  for (int i = 0; i < 20; ++i) client->write_now(asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
  poll();
  EXPECT_EQ(lost.size(), 1U);
  EXPECT_EQ(unread, 1);
  EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(WaitingAnswersTest, TheHandlerMayAskFirst) {
  give_budget(2 * kLarge - 1, 3 * kLarge);
  auto one = ask_for(kLarge);
  auto two = ask([](HttpExchangePtr exchange) {
    EXPECT_FALSE(exchange->reserve_answer(kLarge));
    EXPECT_TRUE(exchange->reserve_answer(1000));
    exchange->respond({429, {}, "mine"});
  });
  EXPECT_THAT(read_from(two), EndsWith("mine"));
  one->close();
  poll();
  auto three = ask([](HttpExchangePtr exchange) {
    EXPECT_TRUE(exchange->reserve_answer(kLarge));
    EXPECT_TRUE(exchange->reserve_answer(kLarge));
    exchange->respond({200, {}, std::string(kLarge, 'x')});
  });
  EXPECT_THAT(read_from(three), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(budget().held(), 0U);
}

TEST_F(WaitingAnswersTest, AnOriginIsAskedForWhereItIsGiven) {
  give_budget(2 * kLarge - 1, 9 * kLarge);
  int number = 0;
  options.origin_of = [&number](const Peer&) { return std::to_string(++number); };
  std::list<StreamPtr> held;
  for (int i = 0; i < 3; ++i) held.push_back(ask_for(kLarge));
  EXPECT_EQ(lost.size(), 0U);
  EXPECT_GE(budget().held(), 3 * kLarge);
}

/// "0123456789..." in pieces, which may fail.
struct Digits : HttpBodySource {
  explicit Digits(std::size_t all, std::size_t fails_at) : all_(all), fails_at_(fails_at) {}
  std::uint64_t size() const override { return all_; }
  Task<Result<std::string>> next(std::size_t most) override {
    largest_ = std::max(largest_, most);
    std::string piece;
    while (piece.size() < most && given_ < all_) piece += static_cast<char>('0' + given_++ % 10);
    if (given_ > fails_at_) co_return Error(Code::io, "broken");
    co_return piece;
  }
  std::size_t all_, fails_at_, given_ = 0, largest_ = 0;
};

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

struct AnswerSourcesTest : WaitingAnswersTest {
  StreamPtr ask_source(const std::shared_ptr<Digits>& digits) {
    return ask([digits](HttpExchangePtr exchange) {
      HttpResponse response;
      response.source = digits;
      exchange->respond(std::move(response));
    });
  }
};

TEST_F(AnswerSourcesTest, ABodyIsAskedForAsThePeerTakesIt) {
  give_budget(300'000, 300'000);
  const auto digits = std::make_shared<Digits>(5'000'001, SIZE_MAX);
  auto one = ask_source(digits);
  EXPECT_LT(digits->given_, 1'000'000U);
  EXPECT_GT(budget().held(), 0U);
  EXPECT_LE(budget().held(), 300'000U);
  const std::string answer = read_from(one);
  EXPECT_THAT(answer.substr(0, 200), HasSubstr("Content-Length: 5000001\r\n"));
  const std::string body = body_of(answer);
  ASSERT_EQ(body.size(), 5'000'001U);
  for (std::size_t at = 0; at < body.size(); at += 4'999) ASSERT_EQ(body[at], static_cast<char>('0' + at % 10));
  EXPECT_EQ(budget().held(), 0U);
  EXPECT_EQ(digits.use_count(), 2) << "the handler's and the test's";
  EXPECT_LE(digits->largest_, 256U * 1024);
}

TEST_F(AnswerSourcesTest, TheConnectionGoesOnBehindTheBody) {
  auto one = ask([](HttpExchangePtr exchange) {
    HttpResponse response;
    response.source = std::make_shared<Digits>(700'000, SIZE_MAX);
    exchange->respond(std::move(response));
  });
  EXPECT_EQ(body_of(read_from(one)).size(), 700'000U);
  one->write_now(asio::buffer(std::string_view("GET /again HTTP/1.1\r\n\r\n")));
  EXPECT_THAT(read_from(one), StartsWith("HTTP/1.1 200 "));
  EXPECT_FALSE(ended);
}

TEST_F(AnswerSourcesTest, ABrokenBodyEndsTheConnection) {
  auto one = ask_source(std::make_shared<Digits>(700'000, 600'000));
  EXPECT_LT(body_of(read_from(one)).size(), 700'000U);
  EXPECT_TRUE(ended);
}

TEST_F(AnswerSourcesTest, AnEmptyBodyIsOne) {
  auto one = ask_source(std::make_shared<Digits>(0, SIZE_MAX));
  EXPECT_THAT(read_from(one), HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(AnswerSourcesTest, WithoutRoomNothingIsRead) {
  give_budget(100'000, 100'000);
  const auto digits = std::make_shared<Digits>(5'000'000, SIZE_MAX);
  auto one = ask_source(digits);
  EXPECT_THAT(read_from(one), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(digits->given_, 0U);
}

TEST_F(AnswerSourcesTest, HeadHasItsLengthAlone) {
  start([](HttpExchangePtr exchange) {
    HttpResponse response;
    response.source = std::make_shared<Digits>(5'000'000, 0);
    exchange->respond(std::move(response));
  });
  send("HEAD /large HTTP/1.1\r\n\r\n");
  const std::string answer = received();
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5000000\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

}  // namespace
}  // namespace fescue
