// New groups: what prepare(), commit(), roll_back() and stop() do to functions, workers and work.
#include <gtest/gtest.h>

#include "engine/lifecycle/lifecycle_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using lifecycle::Standing;

FunctionConfig changed(FunctionConfig config) {
  config.environment["COLOUR"] = "green";
  return config;
}

TEST(Redeploy, UnchangedFunctionsAreNotTouched) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1"), on_demand("other:1")});
  rig.ask("w1");
  rig.submit("other:1", "i1");
  rig.ask("w2");
  rig.actions();
  rig.configure({pinned("echo:1"), on_demand("other:1"), on_demand("more:1")});
  EXPECT_EQ(rig.actions(), "");
  rig.finish_and_ask("w2", "i1");
  EXPECT_EQ(rig.machine.worker_count(), 2U);
}

TEST(Redeploy, ANewVersionStartsBesideTheOldWhichServesUntilCommit) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.actions();
  rig.machine.prepare({pinned("echo:2")}, rig.now);
  EXPECT_EQ(rig.actions(), "spawn w2 echo:2");
  EXPECT_FALSE(rig.machine.all_pinned_ready(Standing::prepared));
  rig.submit("echo:1", "i1");
  EXPECT_EQ(rig.actions(), "give i1 w1");
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "ready+ echo:2");
  EXPECT_TRUE(rig.machine.all_pinned_ready(Standing::prepared));
  rig.machine.commit(rig.now);
  EXPECT_EQ(rig.actions(), "");  // w1 still has work
  EXPECT_EQ(rig.machine.admits(test_arn("echo:1")).error().code(), Code::not_found);
  rig.submit("echo:2", "i2");
  EXPECT_EQ(rig.actions(), "give i2 w2");
  rig.finish("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1", "exit status 0");
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(rig.machine.worker_count(), 1U);
}

TEST(Redeploy, WaitingWorkGoesToTheNewVersionInOrder) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  for (const char* work : {"i1", "i2", "i3"}) rig.submit_event("echo:1", work);
  rig.machine.prepare({pinned("echo:2")}, rig.now);
  rig.submit_event("echo:2", "i4");
  rig.ask("w2");
  rig.actions();
  rig.machine.commit(rig.now);
  rig.finish("w2", "i4");
  rig.ask("w2");
  rig.finish_and_ask("w2", "i2");
  EXPECT_EQ(rig.actions(), "give i2 w2; give i3 w2");
}

TEST(Redeploy, AnEventOfAVersionThatLeftIsTriedAgainByItsSuccessor) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit_event("echo:1", "i1");
  rig.ask("w1");
  rig.configure({on_demand("echo:2")});
  rig.actions();
  rig.exit("w1", "signal: killed");
  EXPECT_EQ(rig.actions(), "spawn w2 echo:2");
  rig.ask("w2");
  EXPECT_EQ(rig.actions(), "give i1 w2");
}

TEST(Redeploy, WaitingWorkOfARemovedFunctionFailsAndItsCallsInHandFinish) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.submit("echo:1", "i2");
  rig.ask("w1");
  rig.actions();
  rig.configure({});
  EXPECT_EQ(rig.actions(), "fail i2 removed");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
}

TEST(Redeploy, ACallInHandOfARemovedFunctionStillTimesOut) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.configure({});
  rig.actions();
  rig.pass(3s);
  EXPECT_EQ(rig.actions(), "fail i1 timed_out; kill w1 timed_out");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "");
  EXPECT_EQ(rig.machine.worker_count(), 0U);
}

TEST(Redeploy, TheSameVersionWithAnotherConfigurationIsReplacedToo) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.actions();
  rig.machine.prepare({changed(pinned("echo:1"))}, rig.now);
  EXPECT_EQ(rig.actions(), "spawn w2 echo:1");
  rig.ask("w2");
  rig.submit("echo:1", "i1");
  EXPECT_EQ(rig.actions(), "ready+ echo:1; give i1 w1");
  rig.submit("echo:1", "i2");
  rig.machine.commit(rig.now);
  EXPECT_EQ(rig.actions(), "give i2 w2");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
}

TEST(Redeploy, RollingBackLeavesTheFormerSetAsItWas) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1"), on_demand("other:1")});
  rig.ask("w1");
  rig.actions();
  rig.machine.prepare({pinned("extra:1"), changed(on_demand("other:1"))}, rig.now);
  EXPECT_EQ(rig.actions(), "spawn w2 extra:1");
  rig.submit("extra:1", "i1");
  rig.machine.roll_back(rig.now);
  EXPECT_EQ(rig.actions(), "fail i1 removed; term w2");
  rig.exit("w2");
  EXPECT_EQ(rig.actions(), "");
  rig.submit("echo:1", "i2");
  rig.submit("other:1", "i3");
  EXPECT_EQ(rig.actions(), "give i2 w1; spawn w3 other:1");
}

constexpr char kTaken[] = "OSError(\"[Errno 98] Address already in use\")";

TEST(Redeploy, ANewVersionThatDiesBesideTheOldLeavesItAlone) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.machine.prepare({pinned("echo:2")}, rig.now);
  rig.actions();
  rig.exit("w2", "exit status 1");
  EXPECT_EQ(rig.actions(), "down+ echo:2 1; spawn w3 echo:2");
  rig.submit("echo:1", "i1");
  EXPECT_EQ(rig.actions(), "give i1 w1");
}

TEST(Redeploy, ANewVersionThatWantsWhatTheOldOneHoldsIsTriedAlone) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.submit("echo:1", "i1");
  rig.actions();
  rig.machine.prepare({pinned("echo:2")}, rig.now);
  rig.exit("w2", kTaken);
  EXPECT_EQ(rig.actions(), "spawn w2 echo:2; down+ echo:2 1");
  rig.submit("echo:1", "i2");
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1", "exit status 0");
  EXPECT_EQ(rig.actions(), "spawn w3 echo:2");
  rig.ask("w3");
  EXPECT_EQ(rig.actions(), "ready+ echo:2");
  rig.machine.commit(rig.now);
  EXPECT_EQ(rig.actions(), "give i2 w3");
}

TEST(Redeploy, WhenItDiesAloneTooTheOldOneComesBack) {
  LifecycleRig rig;
  rig.configure({pinned("echo:1")});
  rig.ask("w1");
  rig.machine.prepare({pinned("echo:2")}, rig.now);
  rig.exit("w2", kTaken);
  rig.exit("w1", "exit status 0");
  rig.submit("echo:1", "i1");
  rig.exit("w3");
  EXPECT_EQ(rig.actions(),
            "spawn w1 echo:1; ready echo:1; spawn w2 echo:2; down+ echo:2 1; term w1; spawn w3 echo:2; down+ echo:2 2");
  rig.machine.roll_back(rig.now);
  EXPECT_EQ(rig.actions(), "spawn w4 echo:1");
  rig.ask("w4");
  EXPECT_EQ(rig.actions(), "ready echo:1; give i1 w4");
}

TEST(Redeploy, OnDemandBecomesPinnedAndBack) {
  LifecycleRig rig;
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.finish_and_ask("w1", "i1");
  rig.actions();
  rig.configure({pinned("echo:1")});
  EXPECT_EQ(rig.actions(), "spawn w2 echo:1; term w1");
  rig.exit("w1");
  rig.ask("w2");
  rig.actions();
  rig.configure({on_demand("echo:1")});
  EXPECT_EQ(rig.actions(), "term w2");
  rig.exit("w2");
  rig.submit("echo:1", "i2");
  EXPECT_EQ(rig.actions(), "spawn w3 echo:1");
}

TEST(Redeploy, WorkersOfTheOldSetCountAgainstTheCeilingUntilTheyAreGone) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("echo:1")});
  rig.submit("echo:1", "i1");
  rig.ask("w1");
  rig.actions();
  rig.configure({on_demand("echo:2")});
  rig.submit("echo:2", "i2");
  EXPECT_EQ(rig.actions(), "");
  rig.finish("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "spawn w2 echo:2");
}

TEST(Stop, FailsAllWorkAndStopsEveryWorker) {
  LifecycleRig rig;
  rig.configure({pinned("a:1"), on_demand("b:1")});
  rig.ask("w1");
  rig.submit("a:1", "i1");
  rig.submit("a:1", "i2");
  rig.machine.prepare({pinned("a:2")}, rig.now);
  rig.actions();
  rig.machine.stop(rig.now);
  const std::string actions = rig.actions();
  for (const char* part : {"fail i2 stopped", "fail i1 stopped", "term w1", "term w2"}) {
    EXPECT_NE(actions.find(part), std::string::npos) << part << " in " << actions;
  }
  EXPECT_FALSE(rig.machine.admits(test_arn("a:1")));
  rig.pass(2s);
  rig.exit("w1");
  rig.exit("w2");
  EXPECT_EQ(rig.machine.worker_count(), 0U);
  EXPECT_EQ(rig.machine.work_items(), 0U);
  rig.actions();
  rig.configure({pinned("a:1")});
  EXPECT_EQ(rig.actions(), "spawn w3 a:1");
}

}  // namespace
}  // namespace fescue
