// Who is woken, when, and by what.
#include "sys/loop/event.h"

#include <gtest/gtest.h>

#include "sys/loop/task_group.h"

namespace fescue {
namespace {

Task<void> wait_for(Event* event, std::string* trace) {
  co_await event->wait();
  *trace += event->is_set() ? "set " : "woken ";
}

Task<void> wait_for_text(Arrival<std::string> arrival, std::string* trace) {
  const auto text = co_await arrival.wait();
  *trace += text.value_or("nothing") + " ";
}

class EventTest : public testing::Test {
 protected:
  asio::io_context io_{1};
  Event event_{io_};
  TaskGroup tasks_{io_};
  std::string trace_;
};

TEST_F(EventTest, WakesAllWhoWaitButNobodyWhoComesLater) {
  tasks_.spawn("first", wait_for(&event_, &trace_));
  tasks_.spawn("second", wait_for(&event_, &trace_));
  asio::post(io_, [&] {
    event_.wake();
    tasks_.spawn("late", wait_for(&event_, &trace_));
  });
  io_.poll();
  EXPECT_EQ(trace_, "woken woken ");
  EXPECT_EQ(tasks_.size(), 1u);
}

TEST_F(EventTest, OnceSetEndsEveryWait) {
  tasks_.spawn("before", wait_for(&event_, &trace_));
  event_.set();
  tasks_.spawn("after", wait_for(&event_, &trace_));
  io_.run();
  EXPECT_EQ(trace_, "set set ");
}

TEST_F(EventTest, AnArrivalBringsItsValueToWhoWaitsAndToWhoComesLater) {
  const Arrival<std::string> early(io_), late(io_);
  early.callback()("early");
  tasks_.spawn("early", wait_for_text(early, &trace_));
  tasks_.spawn("late", wait_for_text(late, &trace_));
  asio::post(io_, [callback = late.callback()] { callback("late"); });
  io_.run();
  EXPECT_EQ(trace_, "early late ");
}

TEST_F(EventTest, ACancelledWaitForAnArrivalGivesNothing) {
  const Arrival<std::string> arrival(io_);
  tasks_.spawn("waiter", wait_for_text(arrival, &trace_));
  asio::post(io_, [&] { tasks_.stop(); });
  io_.run();
  EXPECT_EQ(trace_, "nothing ");
  arrival.callback()("too late");
}

}  // namespace
}  // namespace fescue
