// How functions share the workers that all may have together: who gets the next one, and who gives one up.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/lifecycle/lifecycle_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

void submit_many(LifecycleRig& rig, std::string_view function, int first, int count) {
  for (int i = first; i < first + count; ++i) rig.submit_event(function, fmt::format("i{}", i));
}

TEST(Sharing, AFunctionWithoutAWorkerGetsOneBeyondTheCeiling) {
  LifecycleRig rig({.max_workers = 3});
  rig.configure({on_demand("greedy:1"), on_demand("b:1"), on_demand("c:1"), on_demand("d:1")});
  submit_many(rig, "greedy:1", 1, 9);
  for (const char* worker : {"w1", "w2", "w3"}) rig.ask(worker);
  rig.actions();
  rig.submit("b:1", "i10");
  rig.submit("b:1", "i11");  // one is enough
  EXPECT_EQ(rig.actions(), "spawn w4 b:1");
  rig.submit("c:1", "i12");
  EXPECT_EQ(rig.actions(), "spawn w5 c:1");
  rig.submit("d:1", "i13");  // as many functions as the ceiling have workers
  EXPECT_EQ(rig.actions(), "");
}

TEST(Sharing, WhoHasSeveralGivesWayUntilTheCeilingHoldsAgain) {
  LifecycleRig rig({.max_workers = 3});
  rig.configure({on_demand("greedy:1"), on_demand("b:1")});
  submit_many(rig, "greedy:1", 1, 9);
  for (const char* worker : {"w1", "w2", "w3"}) rig.ask(worker);
  rig.submit("b:1", "i10");
  rig.ask("w4");
  rig.actions();
  rig.finish_and_ask("w1", "i1");
  EXPECT_EQ(rig.actions(), "term w1");
  rig.exit("w1");
  EXPECT_EQ(rig.actions(), "");
  rig.finish_and_ask("w2", "i2");  // three again
  EXPECT_EQ(rig.actions(), "give i4 w2");
  EXPECT_EQ(rig.machine.worker_count(), 3U);
}

TEST(Sharing, AnIdleWorkerGivesItsPlaceBeforeTheCeilingIsPassed) {
  LifecycleRig rig({.max_workers = 2});
  rig.configure({on_demand("greedy:1"), on_demand("b:1")});
  submit_many(rig, "greedy:1", 1, 2);
  rig.ask("w1");
  rig.ask("w2");
  rig.finish_and_ask("w2", "i2");
  rig.actions();
  rig.submit("b:1", "i3");
  EXPECT_EQ(rig.actions(), "term w2");
  rig.exit("w2");
  EXPECT_EQ(rig.actions(), "spawn w3 b:1");
}

TEST(Sharing, ACeilingOfOneIsNeverPassed) {
  LifecycleRig rig({.max_workers = 1});
  rig.configure({on_demand("greedy:1"), on_demand("b:1")});
  submit_many(rig, "greedy:1", 1, 3);
  rig.ask("w1");
  rig.submit("b:1", "i4");
  EXPECT_EQ(rig.actions(), "spawn w1 greedy:1; give i1 w1");
  rig.finish_and_ask("w1", "i1");  // the next of greedy's is older than b's
  EXPECT_EQ(rig.actions(), "give i2 w1");
}

TEST(Sharing, AFreePlaceGoesToWhoeverHasFewestWorkers) {
  LifecycleRig rig({.max_workers = 4});
  rig.configure({on_demand("greedy:1"), on_demand("b:1"), on_demand("c:1")});
  submit_many(rig, "b:1", 1, 1);
  submit_many(rig, "greedy:1", 2, 9);
  for (const char* worker : {"w1", "w2", "w3", "w4"}) rig.ask(worker);
  submit_many(rig, "b:1", 20, 3);
  rig.actions();
  rig.exit("w2");  // of greedy's three, whose items are older than b's
  EXPECT_EQ(rig.actions(), "spawn w5 b:1");
}

TEST(Sharing, WorkersMoveUntilNobodyHasTwoMoreThanAnotherThatWaits) {
  LifecycleRig rig({.max_workers = 4});
  rig.configure({on_demand("greedy:1"), on_demand("b:1")});
  submit_many(rig, "b:1", 1, 1);
  submit_many(rig, "greedy:1", 2, 9);
  for (const char* worker : {"w1", "w2", "w3", "w4"}) rig.ask(worker);
  submit_many(rig, "b:1", 20, 3);
  rig.actions();
  rig.finish_and_ask("w2", "i2");
  EXPECT_EQ(rig.actions(), "term w2");  // three and one
  rig.exit("w2");
  EXPECT_EQ(rig.actions(), "spawn w5 b:1");
  rig.finish_and_ask("w3", "i3");
  EXPECT_EQ(rig.actions(), "give i5 w3");  // two and two
}

/// A world in which every item of a function takes the same time, workers start in a tenth of a second and go at once
/// when told, and function "greedy" always has more work.
class SharedCore {
 public:
  SharedCore(LifecycleLimits limits, std::map<std::string, Duration> item_times)
      : limits_(limits), item_times_(std::move(item_times)), rig_(limits) {
    std::vector<FunctionConfig> functions;
    for (const auto& [name, time] : item_times_) {
      functions.push_back(on_demand(name));
      functions.back().timeout = std::chrono::hours(24);
    }
    rig_.configure(functions);
  }

  void submit(const std::string& function) {
    const std::string item = fmt::format("i{}", ++items_);
    since_[item] = rig_.now;
    names_[item] = function;
    rig_.submit_event(function, item);
  }

  /// `refill`: the function that posts an event to itself whenever one of its is finished.
  void run(Duration time, const std::string& refill) {
    for (const SteadyTime until = rig_.now + time; rig_.now < until; rig_.pass(kStep)) {
      carry_out();
      const auto due = std::exchange(ends_, {});
      for (const auto& [worker, end] : due) {
        if (end.at > rig_.now) {
          ends_.insert({worker, end});
          continue;
        }
        if (!end.item.empty() && names_[end.item] == refill) submit(refill);
        if (!end.item.empty()) rig_.finish(worker, end.item);
        rig_.ask(worker);
        carry_out();
      }
      most_ = std::max(most_, rig_.machine.worker_count());
    }
  }

  Duration longest_wait(const std::string& function) const {
    const auto found = waits_.find(function);
    return found == waits_.end() ? Duration::max() : found->second;
  }
  std::size_t most_workers() const { return most_; }

 private:
  static constexpr Duration kStep = 100ms;
  struct End {
    SteadyTime at;
    std::string item;  // empty: the end of its start
  };

  void carry_out() {
    while (const auto action = rig_.machine.next_action()) {
      if (const auto* spawn = std::get_if<lifecycle::Spawn>(&*action)) {
        ends_[spawn->worker.str()] = {rig_.now + kStep, {}};
      } else if (const auto* give = std::get_if<lifecycle::Give>(&*action)) {
        const std::string item = give->work.str();
        Duration& longest = waits_[names_[item]];
        longest = std::max(longest, Duration(rig_.now - since_[item]));
        ends_[give->worker.str()] = {rig_.now + item_times_.at(names_[item]), item};
      } else if (const auto* terminate = std::get_if<lifecycle::Terminate>(&*action)) {
        ends_.erase(terminate->worker.str());
        rig_.exit(terminate->worker.str(), "signal: terminated");
      }
    }
  }

  LifecycleLimits limits_;
  std::map<std::string, Duration> item_times_;
  LifecycleRig rig_;
  int items_ = 0;
  std::map<std::string, SteadyTime> since_;
  std::map<std::string, std::string> names_;
  std::map<std::string, End> ends_;
  std::map<std::string, Duration> waits_;
  std::size_t most_ = 0;
};

TEST(Sharing, BesideAGreedyFunctionNobodyWaitsLongerThanOneItem) {
  const std::vector<std::string> others = {"a:1", "b:1", "c:1", "d:1", "e:1"};
  std::map<std::string, Duration> times{{"greedy:1", 20s}};
  for (const std::string& name : others) times[name] = 1s;
  SharedCore core({}, times);
  for (int i = 0; i < 200; ++i) core.submit("greedy:1");
  core.run(30s, "greedy:1");
  for (int round = 0; round < 20; ++round) {
    for (const std::string& name : others) core.submit(name);
    core.run(7s, "greedy:1");
  }
  for (const std::string& name : others) EXPECT_LE(core.longest_wait(name), 1s) << name;
  EXPECT_LE(core.most_workers(), 30U);
}

TEST(Sharing, MoreFunctionsThanWorkersTakeTurns) {
  const std::vector<std::string> others = {"a:1", "b:1", "c:1", "d:1", "e:1"};
  std::map<std::string, Duration> times{{"greedy:1", 5s}};
  for (const std::string& name : others) times[name] = 5s;
  SharedCore core({.max_workers = 3}, times);
  for (int i = 0; i < 200; ++i) core.submit("greedy:1");
  core.run(30s, "greedy:1");
  for (int round = 0; round < 10; ++round) {
    for (const std::string& name : others) core.submit(name);
    core.run(40s, "greedy:1");
  }
  for (const std::string& name : others) EXPECT_LE(core.longest_wait(name), 11s) << name;  // two turns and the starts
  EXPECT_LE(core.most_workers(), 5U);
}

}  // namespace
}  // namespace fescue
