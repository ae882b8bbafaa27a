// Answers that come later than their handler returns, and peers that do not wait for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/http_server.h"
#include "sys/http/http_server_test_support.h"

namespace fescue {
namespace {

using testing::EndsWith;

struct LongPollTest : HttpServerTest {
  void start_keeping() {
    start([this](HttpExchangePtr exchange) { kept.push_back(std::move(exchange)); });
  }
  std::vector<HttpExchangePtr> kept;
};

TEST_F(LongPollTest, AnswersLater) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  EXPECT_EQ(received(), "");
  ASSERT_EQ(kept.size(), 1u);
  kept[0]->respond({200, {}, "work"});
  kept[0]->respond({500, {}, "ignored"});
  EXPECT_THAT(received(), EndsWith("work"));
  send("GET /more HTTP/1.1\r\n\r\n");
  received();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1]->request().target, "/more");
}

TEST_F(LongPollTest, ALateAnswerNeedsNoTurnOfTheLoop) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  io.poll();
  ASSERT_EQ(kept.size(), 1u);
  kept[0]->respond({200, {}, "work"});
  char bytes[512];
  const auto got = ::recv(client_fd, bytes, sizeof bytes, MSG_DONTWAIT);
  ASSERT_GT(got, 0);
  EXPECT_THAT(std::string(bytes, static_cast<std::size_t>(got)), EndsWith("work"));
}

TEST_F(LongPollTest, RequestsThatCameMeanwhileAreServedAfterwards) {
  start_keeping();
  send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  received();
  ASSERT_EQ(kept.size(), 1u);
  send("GET /3 HTTP/1.1\r\n\r\n");
  received();
  ASSERT_EQ(kept.size(), 1u);
  kept[0]->respond({200, {}, "first"});
  EXPECT_THAT(received(), EndsWith("first"));
  ASSERT_EQ(kept.size(), 2u);
  kept[1]->respond({200, {}, "second"});
  EXPECT_THAT(received(), EndsWith("second"));
  ASSERT_EQ(kept.size(), 3u);
}

TEST_F(LongPollTest, AFloodOfRequestsWaitsInTheSocket) {
  start_keeping();
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n";
  client_tasks.spawn("writer", write_and_finish(this, flood));
  client_tasks.spawn("reader", read_to_end(this));
  received();
  for (std::size_t i = 0; i < 3000; ++i) {
    ASSERT_EQ(kept.size(), i + 1);
    EXPECT_EQ(kept[i]->request().target, "/" + std::to_string(i));
    kept[i]->respond({200, {}, ""});
    kept[i].reset();
    received();
  }
  EXPECT_TRUE(at_end);
}

TEST_F(LongPollTest, ALargeLateAnswerIsWrittenAsThePeerReads) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  kept[0]->respond({200, {}, std::string(5'000'000, 'x')});
  std::string all;
  for (std::string part = received(); !part.empty(); part = received()) all += part;
  EXPECT_GT(all.size(), 5'000'000u);
  send("GET /more HTTP/1.1\r\n\r\n");
  received();
  EXPECT_EQ(kept.size(), 2u);
}

TEST_F(LongPollTest, LearnsThatThePeerHasGone) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  int abandoned = 0;
  kept[0]->on_abandoned([&] { ++abandoned; });
  EXPECT_EQ(abandoned, 0);
  client->close();
  received();
  EXPECT_EQ(abandoned, 1);
  EXPECT_EQ(tasks.size(), 0u);
  kept[0]->respond({200, {}, "too late"});
}

TEST_F(LongPollTest, LearnsItEvenIfItAsksAfterwards) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  client->finish_writing();
  received();
  ASSERT_EQ(kept.size(), 1u);
  int abandoned = 0;
  kept[0]->on_abandoned([&] { ++abandoned; });
  received();
  EXPECT_EQ(abandoned, 1);
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(LongPollTest, AnAnsweredExchangeIsNotAbandoned) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  int abandoned = 0;
  kept[0]->on_abandoned([&, self = kept[0]] { ++abandoned; });
  kept[0]->respond({200, {}, "work"});
  client->close();
  received();
  EXPECT_EQ(abandoned, 0);
  EXPECT_EQ(kept[0].use_count(), 1) << "the handler holds its exchange for ever";
}

TEST_F(LongPollTest, LearnsThatItsAnswerWasNotRead) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  io.poll();
  int unread = 0;
  kept[0]->on_unread([&] { ++unread; });
  kept[0]->respond({200, {}, "work"});
  io.restart();
  io.poll();
  EXPECT_EQ(unread, 0);
  client->close();
  io.restart();
  io.poll();
  EXPECT_EQ(unread, 1);
  EXPECT_EQ(tasks.size(), 0u);
}

TEST_F(LongPollTest, LearnsItOfAPeerThatHadGoneBefore) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  io.poll();
  int unread = 0;
  kept[0]->on_unread([&] { ++unread; });
  client->close();
  kept[0]->respond({200, {}, "work"});
  io.restart();
  io.poll();
  EXPECT_EQ(unread, 1);
}

TEST_F(LongPollTest, AnAnswerThatWasReadIsNotUnread) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  int unread = 0;
  kept[0]->on_unread([&] { ++unread; });
  kept[0]->respond({200, {}, "work"});
  EXPECT_THAT(received(), EndsWith("work"));
  send("GET /more HTTP/1.1\r\n\r\n");
  received();
  kept[1]->respond({200, {}, "more"});
  client->close();  // without having read what came last, of which nobody wants to know
  io.restart();
  io.poll();
  EXPECT_EQ(unread, 0);
}

TEST_F(LongPollTest, AClientMayCloseItsSendingHalfAndWait) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  client->finish_writing();
  EXPECT_EQ(received(), "");
  EXPECT_FALSE(at_end);
  kept[0]->respond({200, {}, "work"});
  EXPECT_THAT(received(), EndsWith("work"));
  EXPECT_TRUE(at_end);
}

TEST_F(LongPollTest, AForgottenExchangeClosesTheConnection) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  kept.clear();
  EXPECT_EQ(received(), "");
  EXPECT_TRUE(at_end);
  EXPECT_EQ(tasks.size(), 0u);

  at_end = false;
  start([](HttpExchangePtr) {});
  EXPECT_EQ(talk("GET /work HTTP/1.1\r\n\r\n"), "");
}

TEST_F(LongPollTest, AnExchangeMayOutliveEverything) {
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  received();
  int abandoned = 0;
  kept[0]->on_abandoned([&, self = kept[0]] { ++abandoned; });
  tasks.stop();
  received();
  EXPECT_EQ(tasks.size(), 0u);
  EXPECT_EQ(kept[0]->peer().address, "unix");
  EXPECT_EQ(kept[0].use_count(), 1);
  kept[0]->respond({200, {}, "nobody reads this"});
  EXPECT_EQ(abandoned, 0) << "the peer did not go: we did";
}

TEST_F(LongPollTest, IsNotIdleWhileItWaits) {
  options.idle_timeout = std::chrono::milliseconds(1);
  start_keeping();
  send("GET /work HTTP/1.1\r\n\r\n");
  client_tasks.spawn("reader", read_to_end(this));
  asio::steady_timer later(io, std::chrono::milliseconds(10));
  later.async_wait([this](const error_code&) {
    ASSERT_EQ(kept.size(), 1u);
    kept[0]->respond({200, {}, "work"});
  });
  io.run();  // ends because the connection, answered, is idle at last
  EXPECT_THAT(input, EndsWith("work"));
  EXPECT_TRUE(at_end);
}

}  // namespace
}  // namespace fescue
