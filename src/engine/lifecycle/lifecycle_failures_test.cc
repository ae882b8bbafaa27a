// Workers that die and starts that fail: what becomes of them and of the work.
#include <gtest/gtest.h>

#include "engine/lifecycle/lifecycle_model.h"
#include "engine/lifecycle/lifecycle_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using lifecycle::Standing;

TEST(Exit, ACallerIsToldAtOnceAndWaitingWorkStays) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.actions();
  rig.exit("w1", "signal: segmentation fault");
  EXPECT_EQ(rig.actions(), "fail i1 worker_died; spawn w2 echo:1");
  EXPECT_NE(rig.last_message.find("signal: segmentation fault"), std::string::npos);
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "give i2 w2");
}

TEST(Exit, AnEventHasThreeAttempts) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit_event("echo:1", "i1");
  rig.ask("w1");
  rig.exit("w1");
  rig.ask("w2");
  rig.exit("w2");
  rig.ask("w3");
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1; give i1 w1; spawn w2 echo:1; give i1 w2; spawn w3 echo:1; give i1 w3");
  rig.exit("w3");
  EXPECT_EQ(rig.actions(), "fail i1 too_many_attempts");
}

TEST(Exit, ARetriedEventKeepsItsPlaceInLine) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  for (const char* work : {"i1", "i2", "i3"}) rig.submit_event("echo:1", work);
  rig.exit("w1");
  rig.actions();
  rig.ask("w2");
  rig.finish_and_ask("w2", "i1");
  rig.finish_and_ask("w2", "i2");
  EXPECT_EQ(rig.actions(), "ready echo:1; give i1 w2; give i2 w2; give i3 w2");
}

TEST(Exit, WhatAWorkerDidNotReadIsRunByAnother) {
  LifecycleRig rig({.max_attempts = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.actions();
  rig.give_back("w1", "i1");
  EXPECT_EQ(rig.actions(), "");  // w1 may still ask; if it is dying the news comes in a moment
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "spawn w2 echo:1");
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "give i1 w2");
  rig.give_back("w1", "i1");
  rig.give_back("w2", "i0");
  rig.finish("w2", "i1");
  EXPECT_EQ(rig.actions(), "");
}

TEST(Exit, WhatItDidNotReadGoesToAnIdleWorkerAtOnce) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.ask("w2");
  rig.finish_and_ask("w2", "i2");
  rig.actions();
  rig.give_back("w1", "i1");
  EXPECT_EQ(rig.actions(), "give i1 w2");
}

TEST(Exit, WhatAReplacedWorkerDidNotReadGoesToTheNewVersion) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.configure({on_demand("echo:2")});
  rig.actions();
  rig.give_back("w1", "i1");
  EXPECT_EQ(rig.actions(), "spawn w2 echo:2; term w1");
  rig.configure({});
  EXPECT_EQ(rig.actions(), "fail i1 removed; term w2");
}

TEST(Exit, NewsOfUnknownWorkersAreIgnored) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.ask("w7");
  rig.exit("w7");
  rig.machine.worker_initialized(WorkerId("w7"), rig.now);
  rig.machine.worker_failed_to_initialize(WorkerId("w7"), "no", rig.now);
  rig.machine.worker_withdrew(WorkerId("w7"), rig.now);
  EXPECT_EQ(rig.actions(), "");
}

// Starts that fail.

TEST(Init, WorkWaitsForThreeTrialsThenFails) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit_event("echo:1", "i2");
  rig.actions();
  rig.exit("w1", "exit status 3");
  rig.exit("w2", "exit status 3");
  EXPECT_EQ(rig.actions(), "");  // the second failure in a row brings a pause
  rig.pass(1s);
  EXPECT_EQ(rig.actions(), "spawn w3 echo:1");  // and one trial at a time
  rig.exit("w3", "exit status 3");
  EXPECT_EQ(rig.actions(), "fail i1 init_failed; fail i2 init_failed");
  EXPECT_EQ(rig.last_message, test_arn("echo:1").str() + " failed to initialize: exit status 3");
  EXPECT_EQ(rig.machine.functions()[0].state, FunctionState::failed);

  rig.submit("echo:1", "i3");  // later work gets a trial of its own
  rig.pass(2s);
  EXPECT_EQ(rig.actions(), "spawn w4 echo:1");
  rig.ask("w4");
  EXPECT_EQ(rig.actions(), "give i3 w4");
  EXPECT_EQ(rig.machine.functions()[0].failures, 0U);
}

TEST(Init, ADeadlineEndsTheWait) {
  LifecycleRig rig;
  FunctionConfig slow = on_demand("slow:1");
  slow.init_timeout = 90s;
  rig.configure({on_demand("echo:1"), slow});
  rig.submit("echo:1", "i1");
  rig.submit("slow:1", "i2");
  rig.actions();
  rig.pass(30s);
  EXPECT_EQ(rig.actions(), "kill w1 not_initialized");
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.machine.functions()[0].last_failure, "it did not initialize within 30000ms");
  EXPECT_EQ(rig.actions(), "spawn w3 echo:1");
  rig.ask("w3");
  rig.actions();
  rig.pass(60s);
  EXPECT_NE(rig.actions().find("kill w2 not_initialized"), std::string::npos);
}

TEST(Init, ALongLivedFunctionThatWorksMeanwhileMayTakeForEver) {
  LifecycleRig rig;
  rig.machine.prepare({pinned("loop:1")}, rig.now);
  rig.actions();
  rig.machine.worker_called(WorkerId("w1"));
  rig.machine.worker_called(WorkerId("nobody"));
  EXPECT_FALSE(rig.machine.all_pinned_ready(lifecycle::Standing::prepared));
  rig.pass(30s);
  EXPECT_EQ(rig.actions(), "busy loop:1");
  EXPECT_TRUE(rig.machine.all_pinned_ready(lifecycle::Standing::prepared));
  rig.machine.commit(rig.now);
  rig.pass(1h);
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(rig.machine.functions()[0].state, FunctionState::running);

  rig.submit("loop:1", "i1");
  rig.submit_event("loop:1", "i2");
  rig.pass(29s);
  rig.submit("loop:1", "young");
  EXPECT_EQ(rig.actions(), "");
  rig.pass(1s);
  EXPECT_EQ(rig.actions(), "fail i1 init_failed; fail i2 init_failed");
  rig.pass(28s);
  EXPECT_EQ(rig.actions(), "");
  rig.pass(1s);
  EXPECT_EQ(rig.actions(), "fail young init_failed");
  EXPECT_EQ(rig.machine.work_items(), 0U);

  rig.submit("loop:1", "i3");
  rig.ask("w1");  // it has come to its end after all
  EXPECT_EQ(rig.actions(), "ready loop:1; give i3 w1");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "fail i3 worker_died; down loop:1 1; spawn w2 loop:1");
  rig.pass(30s);
  EXPECT_EQ(rig.actions(), "kill w2 not_initialized");
}

TEST(Init, AnOnDemandFunctionMayNot) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.actions();
  rig.machine.worker_called(WorkerId("w1"));
  rig.pass(30s);
  EXPECT_EQ(rig.actions(), "kill w1 not_initialized");
}

TEST(Init, AReportedFailureEndsTheWorkerAndIsTheReason) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.actions();
  rig.machine.worker_failed_to_initialize(WorkerId("w1"), "ImportError(\"no module\")", rig.now);
  EXPECT_EQ(rig.actions(), "term w1");
  EXPECT_EQ(rig.machine.workers()[0].state, WorkerState::failed_initialization);
  rig.exit("w1", "exit status 1");
  EXPECT_EQ(rig.actions(), "down echo:1 1; spawn w2 echo:1");
  EXPECT_EQ(rig.last_message, "ImportError(\"no module\")");
}

TEST(Init, TheOtherWorkersOfAFunctionKeepItsWorkAlive) {
  LifecycleRig rig({.max_init_failures = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.submit("echo:1", "i2");
  rig.actions();
  rig.exit("w2");
  EXPECT_EQ(rig.actions(), "spawn w3 echo:1");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "give i2 w1");
}

// Pinned.

TEST(Pinned, OneWorkerFromTheStartAndItsWorkInOrder) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  EXPECT_EQ(rig.actions(), "spawn w1 echo:1");
  EXPECT_FALSE(rig.machine.all_pinned_ready(Standing::serving));
  for (const char* work : {"i1", "i2", "i3"}) rig.submit("echo:1", work);
  EXPECT_EQ(rig.actions(), "");
  rig.machine.worker_initialized(WorkerId("w1"), rig.now);
  EXPECT_EQ(rig.actions(), "ready echo:1");
  EXPECT_TRUE(rig.machine.all_pinned_ready(Standing::serving));
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  rig.finish_and_ask("w1", "i2");
  rig.finish_and_ask("w1", "i3");
  EXPECT_EQ(rig.actions(), "give i1 w1; give i2 w1; give i3 w1");
  rig.pass(24h);
  EXPECT_EQ(rig.actions(), "");  // never stopped for being idle
}

TEST(Pinned, DoesNotCountAgainstTheOnDemandCeiling) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({pinned("a:1"), pinned("b:1"), on_demand("c:1")});
  rig.submit("c:1", "i1");
  rig.actions();
  EXPECT_EQ(rig.machine.worker_count(), 3U);
}

TEST(Pinned, RestartsAtOnceThenWithGrowingPauses) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.actions();
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "down echo:1 1; spawn w2 echo:1");
  int worker = 2;
  for (const Duration pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    rig.exit(fmt::format("w{}", worker));
    rig.actions();
    rig.pass(pause - 1ms);
    EXPECT_EQ(rig.actions(), "") << worker;
    rig.pass(1ms);
    EXPECT_EQ(rig.actions(), fmt::format("spawn w{} echo:1", ++worker));
  }
  EXPECT_EQ(rig.machine.functions()[0].failures, 8U);
  EXPECT_EQ(rig.machine.functions()[0].state, FunctionState::failed);
  EXPECT_EQ(rig.machine.functions()[0].restarts, 8U);
}

TEST(Pinned, JitterTakesUpToHalfOfThePauseOff) {
  EXPECT_EQ(lifecycle::restart_pause(1, 0.9, {}), 0s);
  EXPECT_EQ(lifecycle::restart_pause(2, 0.0, {}), 1s);
  EXPECT_EQ(lifecycle::restart_pause(4, 0.5, {}), 3s);
  EXPECT_EQ(lifecycle::restart_pause(4000000000U, 0.0, {}), 30s);
}

TEST(Pinned, ALongLifeForgivesTheFailuresBefore) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.exit("w1");
  rig.exit("w2");
  rig.pass(1s);
  rig.ask("w3");
  rig.pass(30s);
  rig.actions();
  rig.exit("w3");
  EXPECT_EQ(rig.actions(), "down echo:1 1; spawn w4 echo:1");
}

TEST(Pinned, WhenItCountsAsFailedCallersAreToldAndEventsWait) {
  LifecycleRig rig({.reported_failures = 2});
  rig.configure({pinned("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit_event("echo:1", "i2");
  rig.actions();
  rig.exit("w1");
  rig.actions();
  rig.exit("w2", "exit status 9");
  EXPECT_EQ(rig.actions(), "down echo:1 2; fail i1 init_failed");
  rig.pass(1s);
  rig.ask("w3");
  EXPECT_EQ(rig.actions(), "spawn w3 echo:1; ready echo:1; give i2 w3");
}

TEST(Pinned, ATimeoutKillsAndReplaces) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.pass(3s);
  rig.actions();
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "down echo:1 1; spawn w2 echo:1");
  EXPECT_EQ(rig.last_message, "it was killed because an invocation timed out");
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "ready echo:1; give i2 w2");
}

}  // namespace
}  // namespace fescue
