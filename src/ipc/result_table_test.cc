// Results and callers in every order, bounds and deadlines.
#include "ipc/result_table.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using namespace std::chrono_literals;

const WorkerId kOwner("worker-1");
const WorkerId kOther("worker-2");
const FunctionArn kCaller = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Caller:1").value();
const SteadyTime kStart{1000s};

ResultTable::Limits small_limits() {
  return {.entries = 2, .result_bytes = 100, .until_result = 60s, .until_fetched = 10s};
}

/// What a waiter was called with, if it was.
struct Seen {
  std::vector<std::string> payloads;
  std::vector<FunctionError> errors;
  bool has_room = true;
  ResultTable::Waiter waiter() {
    return [this](const InvocationResult& result) {
      payloads.emplace_back(result.payload.view());
      errors.push_back(result.error);
      return has_room;
    };
  }
};

InvocationResult result_of(std::string bytes) { return {FunctionError::none, Payload(std::move(bytes))}; }

TEST(ResultTable, WhatItsWaiterHasNoRoomForIsKept) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId early("early"), late("late");
  ASSERT_TRUE(table.expect(early, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.expect(late, kOwner, kCaller, kStart));
  table.complete(early, result_of("a"), kStart);
  seen.has_room = false;
  ASSERT_TRUE(table.fetch(early, kOwner, seen.waiter()));
  ASSERT_TRUE(table.fetch(late, kOwner, seen.waiter()));
  table.complete(late, result_of("b"), kStart);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.result_bytes(), 2u);
  seen.has_room = true;
  ASSERT_TRUE(table.fetch(early, kOwner, seen.waiter()));
  ASSERT_TRUE(table.fetch(late, kOwner, seen.waiter()));
  EXPECT_EQ(seen.payloads, (std::vector<std::string>{"a", "b", "a", "b"}));
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.result_bytes(), 0u);
}

TEST(ResultTable, ResultAndCallerMeetInEitherOrder) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId early("early"), late("late");
  ASSERT_TRUE(table.expect(early, kOwner, kCaller, kStart));
  table.complete(early, result_of("a"), kStart);
  EXPECT_EQ(table.result_bytes(), 1u);
  ASSERT_TRUE(table.fetch(early, kOwner, seen.waiter()));
  ASSERT_TRUE(table.expect(late, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.fetch(late, kOwner, seen.waiter()));
  table.complete(late, result_of("b"), kStart);
  EXPECT_EQ(seen.payloads, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.result_bytes(), 0u);
  EXPECT_EQ(table.fetch(late, kOwner, seen.waiter()).error().code(), Code::not_found);
}

TEST(ResultTable, OnlyTheWorkerThatCalledMayFetch) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId id("id");
  ASSERT_TRUE(table.expect(id, kOwner, kCaller, kStart));
  EXPECT_EQ(table.fetch(id, kOther, seen.waiter()).error().code(), Code::not_found);
  EXPECT_EQ(table.fetch(InvocationId("none"), kOwner, seen.waiter()).error().code(), Code::not_found);
  ASSERT_TRUE(table.fetch(id, kOwner, seen.waiter()));
  EXPECT_EQ(table.fetch(id, kOwner, seen.waiter()).error().code(), Code::conflict);
}

TEST(ResultTable, IsBoundedInEntries) {
  ResultTable table(small_limits());
  ASSERT_TRUE(table.expect(InvocationId("1"), kOwner, kCaller, kStart));
  ASSERT_TRUE(table.expect(InvocationId("2"), kOwner, kCaller, kStart));
  EXPECT_EQ(table.expect(InvocationId("3"), kOwner, kCaller, kStart).error().code(), Code::resource_exhausted);
  table.forget(InvocationId("1"));
  EXPECT_TRUE(table.expect(InvocationId("3"), kOwner, kCaller, kStart));
}

TEST(ResultTable, OneFunctionLeavesEntriesAndBytesToOthers) {
  const FunctionArn modest = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Modest:1").value();
  ResultTable table({.entries = 16, .result_bytes = 800});
  const auto id = [](int number) { return InvocationId(std::to_string(number)); };
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(table.expect(id(i), kOwner, kCaller, kStart));
  EXPECT_FALSE(table.expect(id(16), kOwner, kCaller, kStart));
  for (int i = 0; i < 8; ++i) table.complete(id(i), result_of(std::string(100, 'x')), kStart);

  ASSERT_TRUE(table.expect(id(17), kOther, modest, kStart));
  EXPECT_FALSE(table.expect(id(18), kOther, modest, kStart));
  table.complete(id(17), result_of(std::string(100, 'y')), kStart);
  EXPECT_EQ(table.discarded(), 0u);
  Seen seen;
  ASSERT_TRUE(table.fetch(id(17), kOther, seen.waiter()));
  EXPECT_EQ(seen.errors, std::vector{FunctionError::none});
  EXPECT_TRUE(table.expect(id(18), kOther, modest, kStart));
  table.drop_owner(kOwner);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.result_bytes(), 0u);
}

TEST(ResultTable, ResultsOverTheByteBoundBecomeFailures) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId first("1"), second("2");
  ASSERT_TRUE(table.expect(first, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.expect(second, kOwner, kCaller, kStart));
  table.complete(first, result_of(std::string(90, 'x')), kStart);
  table.complete(second, result_of(std::string(20, 'y')), kStart);
  EXPECT_EQ(table.discarded(), 1u);
  ASSERT_TRUE(table.fetch(second, kOwner, seen.waiter()));
  EXPECT_EQ(seen.errors, std::vector{FunctionError::unhandled});
  ASSERT_TRUE(table.fetch(first, kOwner, seen.waiter()));
  EXPECT_EQ(table.result_bytes(), 0u);
}

TEST(ResultTable, ADeadWorkersEntriesGoWithoutACall) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId waiting("1"), finished("2");
  ASSERT_TRUE(table.expect(waiting, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.expect(finished, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.fetch(waiting, kOwner, seen.waiter()));
  table.complete(finished, result_of("x"), kStart);
  table.drop_owner(kOther);
  EXPECT_EQ(table.size(), 2u);
  table.drop_owner(kOwner);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.result_bytes(), 0u);
  table.complete(waiting, result_of("late"), kStart);
  EXPECT_TRUE(seen.payloads.empty());
}

TEST(ResultTable, ACallWithoutAResultFailsAtItsDeadline) {
  ResultTable table(small_limits());
  Seen seen;
  const InvocationId id("1");
  ASSERT_TRUE(table.expect(id, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.fetch(id, kOwner, seen.waiter()));
  table.expire(kStart + 59s);
  EXPECT_TRUE(seen.errors.empty());
  table.expire(kStart + 60s);
  EXPECT_EQ(seen.errors, std::vector{FunctionError::unhandled});
  EXPECT_EQ(table.size(), 0u);
}

TEST(ResultTable, AResultThatNobodyFetchesIsDiscarded) {
  ResultTable table(small_limits());
  const InvocationId id("1");
  ASSERT_TRUE(table.expect(id, kOwner, kCaller, kStart));
  table.complete(id, result_of("x"), kStart + 55s);
  table.expire(kStart + 60s);
  EXPECT_EQ(table.size(), 1u);
  table.expire(kStart + 65s);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.discarded(), 1u);
}

TEST(ResultTable, ACallerThatLeftMayComeBack) {
  ResultTable table(small_limits());
  Seen gone, back;
  const InvocationId id("1");
  ASSERT_TRUE(table.expect(id, kOwner, kCaller, kStart));
  ASSERT_TRUE(table.fetch(id, kOwner, gone.waiter()));
  table.stop_waiting(id);
  table.complete(id, result_of("x"), kStart);
  EXPECT_TRUE(gone.payloads.empty());
  ASSERT_TRUE(table.fetch(id, kOwner, back.waiter()));
  EXPECT_EQ(back.payloads, std::vector<std::string>{"x"});
}

}  // namespace
}  // namespace fescue
