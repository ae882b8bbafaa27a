// Workers on demand: events with times go in, actions are compared.
#include "engine/lifecycle/function_lifecycle.h"

#include <gtest/gtest.h>

#include "engine/lifecycle/lifecycle_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

// On-demand.

TEST(OnDemand, StartsAtTheFirstItemAndIsReused) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  EXPECT_EQ(rig.actions(), "");
  rig.submit("echo:1", "i1");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "give i1 w1");
  rig.finish_and_ask("w1", "i1");
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.actions(), "give i2 w1");
}

TEST(OnDemand, ParallelWorkGetsParallelWorkers) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; spawn w2 echo:1");
  rig.ask("w2");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "give i1 w2; give i2 w1");
}

TEST(OnDemand, TheWorkerUsedLastIsUsedFirst) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.ask("w2");
  rig.finish_and_ask("w2", "i2");
  rig.finish_and_ask("w1", "i1");
  rig.actions();
  rig.submit("echo:1", "i3");
  EXPECT_EQ(rig.actions(), "give i3 w1");
}

TEST(OnDemand, AWorkerBetweenTwoItemsIsWaitedForAMoment) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish("w1", "i1");
  rig.actions();
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.actions(), "");
  rig.pass(999ms);
  EXPECT_EQ(rig.actions(), "");
  rig.pass(1ms);
  EXPECT_EQ(rig.actions(), "spawn w2 echo:1");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "give i2 w1");
}

TEST(OnDemand, CeilingOfOneFunction) {
  LifecycleRig rig({.max_workers_per_function = 2});
  rig.configure({on_demand("echo:1")});
  for (const char* work : {"i1", "i2", "i3"}) rig.submit("echo:1", work);
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; spawn w2 echo:1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "give i1 w1; give i2 w1");
}

TEST(OnDemand, AFullCoreStopsTheLongestIdleWorkerOfAnother) {
  LifecycleRig rig({.max_workers = 2});
  rig.configure({on_demand("a:1"), on_demand("b:1"), on_demand("c:1")});
  rig.submit("a:1", "i1");
  rig.submit("b:1", "i2");
  rig.ask("w1");
  rig.ask("w2");
  rig.finish_and_ask("w1", "i1");
  rig.pass(1s);
  rig.finish_and_ask("w2", "i2");
  rig.actions();
  rig.submit("c:1", "i3");
  EXPECT_EQ(rig.actions(), "term w1");  // its place is free only when it is gone
  rig.exit("w1", "signal: terminated");
  EXPECT_EQ(rig.actions(), "spawn w3 c:1");
}

TEST(OnDemand, AFullCoreWithoutIdleWorkersLetsTheWorkWait) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("a:1"), on_demand("b:1")});
  rig.submit("a:1", "i1");
  rig.submit("b:1", "i2");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "spawn w1 a:1; give i1 w1");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "spawn w2 b:1");
}

TEST(OnDemand, AFunctionWithoutAnyWorkerIsNotStarvedByABusyOne) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("a:1"), on_demand("b:1")});
  rig.submit("a:1", "i1");
  rig.submit("b:1", "i2");
  rig.submit("a:1", "i3");  // later than b's
  rig.ask("w1");
  rig.actions();
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "spawn w2 b:1");
}

TEST(OnDemand, TooManyIdleWorkersAreStoppedOldestFirst) {
  LifecycleRig rig({.idle_workers = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.ask("w2");
  rig.finish_and_ask("w1", "i1");
  rig.pass(1s);
  rig.actions();
  rig.finish_and_ask("w2", "i2");
  EXPECT_EQ(rig.actions(), "term w1");
}

TEST(OnDemand, IdleWorkersStopAfterAWhile) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  rig.actions();
  rig.pass(59s);
  EXPECT_EQ(rig.actions(), "");
  rig.pass(1s);
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1", "exit status 0");
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(rig.machine.worker_count(), 0U);
}

TEST(OnDemand, WorkThatArrivesForAStoppingWorkerGetsANewOne) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  rig.pass(60s);
  rig.actions();
  rig.ask("w1");  // crossed the signal
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.actions(), "spawn w2 echo:1");
}

// Admission.

TEST(Admission, UnknownFunctionsAndFullQueuesAreRefused) {
  LifecycleRig rig({.max_work_items = 2});
  rig.configure({pinned("echo:1")});
  EXPECT_EQ(rig.machine.admits(test_arn("echo:2")).error().code(), Code::not_found);
  rig.submit("echo:1", "i1");
  EXPECT_TRUE(rig.machine.admits(test_arn("echo:1")));
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.machine.admits(test_arn("echo:1")).error().code(), Code::resource_exhausted);
  const auto refused = rig.machine.submit(test_arn("echo:1"), InvocationId("i3"), InvocationType::event, rig.now);
  EXPECT_EQ(refused.error().code(), Code::resource_exhausted);
  rig.ask("w1");
  EXPECT_FALSE(rig.machine.admits(test_arn("echo:1")));  // an item in hand still counts
  rig.finish("w1", "i1");
  EXPECT_TRUE(rig.machine.admits(test_arn("echo:1")));
}

TEST(Admission, WhoFillsTheQueueLeavesRoomToOthers) {
  LifecycleRig rig({.max_work_items = 32});
  rig.configure({pinned("slow:1")});
  const FunctionArn greedy = test_arn("greedy:1"), modest = test_arn("modest:1"), slow = test_arn("slow:1");
  const auto call = [&](const FunctionArn& caller, const std::string& work) {
    return rig.machine.submit(slow, InvocationId(work), InvocationType::event, rig.now, caller);
  };
  for (int i = 1; i <= 32; ++i) ASSERT_TRUE(call(greedy, fmt::format("i{}", i)));
  EXPECT_EQ(rig.machine.admits(slow, greedy).error().code(), Code::resource_exhausted);
  EXPECT_TRUE(call(modest, "i33"));
  EXPECT_TRUE(call(modest, "i34"));
  EXPECT_FALSE(call(modest, "i35"));
  EXPECT_TRUE(call({}, "i36"));  // counts on the function itself
  rig.ask("w1");
  rig.finish("w1", "i1");
  EXPECT_FALSE(rig.machine.admits(slow, greedy));  // 34 are still there
  EXPECT_EQ(rig.machine.work_items(), 34U);
}

// Results.

TEST(Results, OnlyTheHolderMayFinishAnItemAndOnlyOnce) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.ask("w2");
  const auto finish = [&](const char* worker, const char* work) {
    return rig.machine.worker_finished(WorkerId(worker), InvocationId(work), rig.now);
  };
  EXPECT_EQ(finish("w1", "i2").error().code(), Code::not_found);
  EXPECT_EQ(finish("w9", "i1").error().code(), Code::not_found);
  EXPECT_TRUE(finish("w1", "i1"));
  EXPECT_EQ(finish("w1", "i1").error().code(), Code::not_found);
}

TEST(Results, AWorkerThatAsksBeforeItsResultGetsTheNextItemAfterIt) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; give i1 w1");
  rig.finish("w1", "i1");
  EXPECT_EQ(rig.actions(), "give i2 w1");
}

TEST(Results, AWithdrawnRequestGetsNoWork) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.machine.worker_withdrew(WorkerId("w1"), rig.now);
  rig.submit("echo:1", "i1");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; ready echo:1");
  rig.ask("w1");
  EXPECT_EQ(rig.actions(), "give i1 w1");
}

// Time.

TEST(Timeout, RunsFromDeliveryAndKills) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.pass(20s);  // a slow start is not the invocation's time
  rig.ask("w1");
  rig.pass(2999ms);
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; give i1 w1");
  rig.pass(1ms);
  EXPECT_EQ(rig.actions(), "fail i1 timed_out; kill w1 timed_out");
  EXPECT_EQ(rig.last_message, test_arn("echo:1").str() + " timed out after 3 seconds");
  EXPECT_FALSE(rig.machine.worker_finished(WorkerId("w1"), InvocationId("i1"), rig.now));
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(rig.machine.work_items(), 0U);
}

TEST(Timeout, AnEventIsNotTriedAgain) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit_event("echo:1", "i1");
  rig.ask("w1");
  rig.pass(3s);
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; give i1 w1; fail i1 timed_out; kill w1 timed_out");
}

TEST(Timeout, OneTimerThatIsSetOnlyForEarlierTimesIsEnough) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  EXPECT_FALSE(rig.machine.next_deadline());
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(*rig.machine.next_deadline() - rig.now, 3s);  // of the finished item: early, not late
  rig.actions();
  rig.now += 3s;
  rig.machine.tick(rig.now);
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(*rig.machine.next_deadline() - rig.now, 57s);  // the idle stop
}

TEST(Stopping, TermThenKill) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  rig.pass(60s);
  rig.actions();
  rig.pass(2s);
  EXPECT_EQ(rig.actions(), "kill w1 ignored_terminate");
}

TEST(Silence, AWorkerThatDoesNotAskWhileWorkWaitsIsReplaced) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.machine.worker_withdrew(WorkerId("w1"), rig.now);
  rig.pass(100s);  // without work it may be as silent as it likes
  rig.submit("echo:1", "i1");
  rig.pass(29s);
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; ready echo:1");
  rig.pass(1s);
  EXPECT_EQ(rig.actions(), "kill w1 silent");
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "down echo:1 1; spawn w2 echo:1");
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "ready echo:1; give i1 w2");
}

TEST(States, AreV1sNames) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  const auto state = [&] { return rig.machine.workers().at(0).state; };
  EXPECT_EQ(state(), WorkerState::starting);
  rig.machine.worker_initialized(WorkerId("w1"), rig.now);
  EXPECT_EQ(state(), WorkerState::initialized);
  rig.ask("w1");
  EXPECT_EQ(state(), WorkerState::waiting);
  rig.submit("echo:1", "i1");
  EXPECT_EQ(state(), WorkerState::working);
  rig.machine.stop(rig.now);
  EXPECT_EQ(state(), WorkerState::terminated);
}

}  // namespace
}  // namespace fescue
