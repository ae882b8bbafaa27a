// Long random walks of FunctionLifecycle through a small world of workers that start, fail, ask, withdraw, finish, hang
// and die at any time, under redeployments and with time passing. A second book is kept and every action is checked
// against it. FESCUE_WALK_SEED repeats one walk; FESCUE_WALK_STEPS lengthens all.
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "engine/lifecycle/lifecycle_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

struct WalkWorker {
  FunctionArn function;
  bool pinned = false;
  bool ready = false;
  bool asking = false;
  bool told_to_stop = false;
  bool killed = false;
  std::string holds;  // empty: nothing
};

struct WalkItem {
  InvocationType type = InvocationType::event;
  std::uint64_t number = 0;
  std::string name;  // of the function, without version
  std::string held_by;
  unsigned deliveries = 0;
};

class Walk {
 public:
  Walk(unsigned seed, LifecycleLimits limits)
      : random_(seed),
        limits_(limits),
        machine_(limits, {[this] { return WorkerId("w" + std::to_string(++worker_ids_)); },
                          [this] { return std::uniform_real_distribution<>(0, 1)(random_); }}) {}

  void run(int steps) {
    redeploy();
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
      one_step();
      check();
    }
    calm_down();
  }

 private:
  int pick(int count) { return std::uniform_int_distribution<>(0, count - 1)(random_); }
  bool chance(int percent) { return pick(100) < percent; }

  void one_step() {
    const int what = pick(100);
    if (what < 35) return submit();
    if (what < 85) return worker_event();
    if (what < 97) return let_time_pass(std::chrono::milliseconds(pick(chance(10) ? 40000 : 900)));
    if (what < 99 || chance(90)) return redeploy();
    preparing_ = false;
    set_.clear();
    machine_.stop(now_);
    carry_out();
    EXPECT_EQ(machine_.work_items(), 0U);
  }

  void submit() {
    const auto& names = preparing_ && chance(30) ? next_set_ : set_;
    FunctionArn target = names.empty() || chance(3)
                             ? test_arn("nobody:1")
                             : std::next(names.begin(), pick(static_cast<int>(names.size())))->first;
    const auto type = chance(50) ? InvocationType::event : InvocationType::request_response;
    const std::string id = "i" + std::to_string(++item_ids_);
    items_[id] = {type, item_ids_, std::string(target.name()), {}, 0};
    const std::size_t before = items_.size() - 1;
    const bool admitted = machine_.admits(target).has_value();
    const auto taken = machine_.submit(target, InvocationId(id), type, now_);
    EXPECT_EQ(admitted, taken.has_value());
    if (!taken) {
      EXPECT_TRUE(taken.error().code() == Code::not_found || before >= limits_.max_work_items);
      items_.erase(id);
    }
    carry_out();
  }

  void worker_event() {
    if (workers_.empty()) return;
    const auto entry = std::next(workers_.begin(), pick(static_cast<int>(workers_.size())));
    const std::string id = entry->first;
    WalkWorker& worker = entry->second;
    if (worker.killed || (worker.told_to_stop && chance(70)) || chance(deaths_)) return exit(id);
    if (!worker.ready) return start(id, worker);
    if (!worker.holds.empty() && chance(5)) return give_back(id, worker);
    if (!worker.holds.empty() && chance(60)) return finish(id, worker);
    if (worker.asking && chance(5)) {
      worker.asking = false;
      machine_.worker_withdrew(WorkerId(id), now_);
    } else if (!worker.asking && chance(80)) {
      ask(id, worker);
    }
    carry_out();
  }

  void start(const std::string& id, WalkWorker& worker) {
    const int how = pick(10);
    if (how < 2) {
      machine_.worker_failed_to_initialize(WorkerId(id), chance(50) ? "port in use" : "cannot", now_);
    } else if (how < 5) {
      worker.ready = true;
      machine_.worker_initialized(WorkerId(id), now_);
    } else if (how < 8) {
      ask(id, worker);
    } else if (how < 9) {
      machine_.worker_called(WorkerId(id));
    }
    carry_out();
  }

  void ask(const std::string& id, WalkWorker& worker) {
    worker.ready = worker.asking = true;
    machine_.worker_asked(WorkerId(id), now_);
  }

  void finish(const std::string& id, WalkWorker& worker) {
    const InvocationId item(worker.holds);
    EXPECT_FALSE(machine_.worker_finished(WorkerId("w0"), item, now_));
    EXPECT_EQ(machine_.worker_finished(WorkerId(id), item, now_).has_value(), items_.contains(worker.holds));
    items_.erase(worker.holds);
    worker.holds.clear();
    carry_out();
    if (!worker.told_to_stop && !worker.asking && chance(70)) ask(id, worker);
    carry_out();
  }

  void give_back(const std::string& id, WalkWorker& worker) {
    const std::string item = std::exchange(worker.holds, {});
    if (items_.contains(item)) {
      items_[item].held_by.clear();
      --items_[item].deliveries;
    }
    machine_.worker_returned(WorkerId(id), InvocationId(item), now_);
    carry_out();
  }

  void exit(const std::string id) {  // a copy: its owner goes first
    const std::string held = workers_.at(id).holds;
    workers_.erase(id);
    if (items_.contains(held)) items_[held].held_by.clear();
    machine_.worker_exited(WorkerId(id), "exit status 1", now_);
    carry_out();
  }

  void let_time_pass(Duration time) {
    const SteadyTime until = now_ + time;
    int ticks = 0;
    for (auto next = machine_.next_deadline(); next && *next <= until; next = machine_.next_deadline()) {
      now_ = std::max(now_, *next);
      machine_.tick(now_);
      carry_out();
      ASSERT_TRUE(!machine_.next_deadline() || *machine_.next_deadline() > now_) << "the timer would spin";
      ASSERT_LT(++ticks, 10000);
    }
    now_ = until;
  }

  /// At most one version of each name, so that the successor of waiting work is never in doubt.
  std::map<FunctionArn, FunctionConfig> random_set() {
    std::map<FunctionArn, FunctionConfig> set;
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      if (chance(20)) continue;
      FunctionConfig config = on_demand(fmt::format("{}:{}", name, 1 + pick(3)));
      config.pinned = name[0] > 'c' ? chance(90) : chance(10);
      config.timeout = std::chrono::seconds(1 + pick(3));
      if (chance(20)) config.init_timeout = 5s;
      set.emplace(config.arn, config);
    }
    return set;
  }

  void redeploy() {
    if (preparing_) {
      preparing_ = false;
      if (chance(60)) {
        machine_.commit(now_);
        set_ = next_set_;
      } else {
        machine_.roll_back(now_);
      }
    } else {
      preparing_ = true;
      next_set_ = chance(50) ? random_set() : set_;
      std::vector<FunctionConfig> functions;
      for (const auto& [arn, config] : next_set_) functions.push_back(config);
      machine_.prepare(functions, now_);
    }
    carry_out();
  }

  void carry_out() {
    while (const auto action = machine_.next_action()) {
      std::visit([this](const auto& known) { act(known); }, *action);
    }
  }

  void act(const lifecycle::Spawn& spawn) {
    WalkWorker worker;
    worker.function = spawn.function->arn;
    worker.pinned = spawn.function->pinned;
    const bool is_new = workers_.emplace(spawn.worker.str(), worker).second;
    EXPECT_TRUE(is_new);
  }
  void act(const lifecycle::Give& give) {
    WalkWorker& worker = workers_.at(give.worker.str());
    EXPECT_TRUE(worker.asking && !worker.told_to_stop && !worker.killed) << give.worker;
    EXPECT_EQ(worker.holds, "");
    ASSERT_TRUE(items_.contains(give.work.str())) << give.work << " given after its end";
    WalkItem& item = items_[give.work.str()];
    EXPECT_EQ(item.held_by, "");
    EXPECT_EQ(item.name, worker.function.name());
    EXPECT_LE(++item.deliveries, item.type == InvocationType::event ? limits_.max_attempts : 1);
    for (const auto& [id, other] : items_) {
      if (!worker.pinned || preparing_ || other.name != item.name || !other.held_by.empty()) continue;
      EXPECT_GE(other.number, item.number) << id << " waits longer than " << give.work;
    }
    item.held_by = give.worker.str();
    worker.holds = give.work.str();
    worker.asking = false;
  }
  void act(const lifecycle::Fail& fail) {
    EXPECT_EQ(items_.erase(fail.work.str()), 1U) << fail.work << " ended twice";
    EXPECT_NE(fail.message, "");
  }
  void act(const lifecycle::Terminate& terminate) {
    WalkWorker& worker = workers_.at(terminate.worker.str());
    EXPECT_FALSE(worker.told_to_stop);
    EXPECT_FALSE(items_.contains(worker.holds)) << "told to stop with work in hand";
    worker.told_to_stop = true;
    worker.asking = false;
  }
  void act(const lifecycle::Kill& kill) {
    WalkWorker& worker = workers_.at(kill.worker.str());
    EXPECT_FALSE(worker.killed);
    EXPECT_FALSE(items_.contains(worker.holds));
    worker.killed = true;
    worker.asking = false;
  }
  void act(const lifecycle::PinnedReady&) {}
  void act(const lifecycle::PinnedBusy&) {}
  void act(const lifecycle::PinnedDown& down) { EXPECT_GT(down.failures, 0U); }

  void check() {
    std::size_t together = 0;
    std::map<FunctionArn, std::size_t> each;
    std::map<FunctionArn, std::size_t> pinned_alive;
    for (const auto& [id, worker] : workers_) {
      if (worker.pinned) {
        if (!worker.told_to_stop && !worker.killed && worker.holds.empty()) ++pinned_alive[worker.function];
        continue;
      }
      ++together;
      if (!worker.told_to_stop) ++each[worker.function];
    }
    EXPECT_LE(together, 2 * limits_.max_workers - 1);
    for (const auto& [arn, count] : each) EXPECT_LE(count, 2 * limits_.max_workers_per_function);  // two generations
    for (const auto& [arn, count] : pinned_alive) EXPECT_LE(count, 2U) << arn;                     // old and new
    EXPECT_EQ(machine_.work_items(), items_.size());
    EXPECT_EQ(machine_.worker_count(), workers_.size());
    EXPECT_LE(items_.size(), 2 * limits_.max_work_items);
  }

  /// From here on everybody behaves: nothing may be left over.
  void calm_down() {
    if (preparing_) redeploy();
    for (int round = 0; round < 400 && !items_.empty() && !::testing::Test::HasFailure(); ++round) {
      std::vector<std::string> ids;
      for (const auto& [id, worker] : workers_) ids.push_back(id);
      for (const std::string& id : ids) behave(id);
      let_time_pass(1s);
      check();
    }
    EXPECT_TRUE(items_.empty()) << items_.size() << " items are stuck, first " << items_.begin()->first;
    machine_.stop(now_);
    carry_out();
    while (!workers_.empty()) exit(workers_.begin()->first);
    EXPECT_EQ(machine_.worker_count(), 0U);
    EXPECT_TRUE(machine_.functions().empty());
    let_time_pass(100s);
    EXPECT_FALSE(machine_.next_deadline());
  }

  void behave(const std::string& id) {
    const auto found = workers_.find(id);
    if (found == workers_.end()) return;
    WalkWorker& worker = found->second;
    if (worker.told_to_stop || worker.killed) return exit(id);
    if (!worker.holds.empty()) {
      machine_.worker_finished(WorkerId(id), InvocationId(worker.holds), now_).has_value();
      items_.erase(worker.holds);
      worker.holds.clear();
      carry_out();
    }
    if (!worker.asking && !worker.told_to_stop) ask(id, worker);
    carry_out();
  }

  std::mt19937 random_;
  LifecycleLimits limits_;
  FunctionLifecycle machine_;
  SteadyTime now_{};
  std::uint64_t worker_ids_ = 0;
  std::uint64_t item_ids_ = 0;
  std::map<std::string, WalkWorker> workers_;
  std::map<std::string, WalkItem> items_;
  std::map<FunctionArn, FunctionConfig> set_;
  std::map<FunctionArn, FunctionConfig> next_set_;
  bool preparing_ = false;
  int deaths_ = pick(3) == 0 ? 40 : 1 + pick(8);  // percent
};

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

class LifecycleWalk : public ::testing::TestWithParam<int> {};

TEST_P(LifecycleWalk, KeepsItsPromises) {
  const auto seed = static_cast<unsigned>(number_from("FESCUE_WALK_SEED", GetParam()));
  const int steps = number_from("FESCUE_WALK_STEPS", 6000);
  SCOPED_TRACE(fmt::format("FESCUE_WALK_SEED={}", seed));
  std::mt19937 random(seed);
  LifecycleLimits limits;
  limits.max_workers = 1 + random() % 6;
  limits.max_workers_per_function = 1 + random() % 4;
  limits.idle_workers = random() % 5;
  limits.max_work_items = 5 + random() % 40;
  limits.max_init_failures = 1 + random() % 4;
  limits.reported_failures = 1 + random() % 5;
  Walk(seed, limits).run(steps);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LifecycleWalk, ::testing::Range(1, 13));

}  // namespace
}  // namespace fescue
