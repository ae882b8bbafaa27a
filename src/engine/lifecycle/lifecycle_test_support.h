// Test help: a FunctionLifecycle with its own clock, counted worker ids (w1, w2 ...) and actions as short text, so that
// a rule reads as "this event, those actions".
#pragma once

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/lifecycle/function_lifecycle.h"

namespace fescue {

inline FunctionArn test_arn(std::string_view name_and_version) {
  return *FunctionArn::parse(fmt::format("arn:aws:lambda:us-west-2:123456789012:function:{}", name_and_version));
}

inline FunctionConfig on_demand(std::string_view name_and_version) {
  FunctionConfig config;
  config.arn = test_arn(name_and_version);
  return config;
}

inline FunctionConfig pinned(std::string_view name_and_version) {
  FunctionConfig config = on_demand(name_and_version);
  config.pinned = true;
  return config;
}

inline std::string short_name(const FunctionArn& arn) { return fmt::format("{}:{}", arn.name(), arn.qualifier()); }

inline std::string_view name_of(lifecycle::FailureKind kind) {
  static constexpr std::string_view kNames[] = {"timed_out",   "worker_died", "too_many_attempts",
                                                "init_failed", "removed",     "stopped"};
  return kNames[static_cast<std::size_t>(kind)];
}

inline std::string_view name_of(lifecycle::KillReason reason) {
  static constexpr std::string_view kNames[] = {"timed_out", "not_initialized", "silent", "ignored_terminate"};
  return kNames[static_cast<std::size_t>(reason)];
}

struct ActionText {
  static std::string mark(lifecycle::Standing standing) { return standing == lifecycle::Standing::prepared ? "+" : ""; }
  std::string operator()(const lifecycle::Spawn& a) const {
    return fmt::format("spawn {} {}", a.worker.str(), short_name(a.function->arn));
  }
  std::string operator()(const lifecycle::Give& a) const {
    return fmt::format("give {} {}", a.work.str(), a.worker.str());
  }
  std::string operator()(const lifecycle::Fail& a) const {
    return fmt::format("fail {} {}", a.work.str(), name_of(a.kind));
  }
  std::string operator()(const lifecycle::Terminate& a) const { return fmt::format("term {}", a.worker.str()); }
  std::string operator()(const lifecycle::Kill& a) const {
    return fmt::format("kill {} {}", a.worker.str(), name_of(a.reason));
  }
  std::string operator()(const lifecycle::PinnedReady& a) const {
    return fmt::format("ready{} {}", mark(a.standing), short_name(a.function));
  }
  std::string operator()(const lifecycle::PinnedBusy& a) const {
    return fmt::format("busy {}", short_name(a.function));
  }
  std::string operator()(const lifecycle::PinnedDown& a) const {
    return fmt::format("down{} {} {}", mark(a.standing), short_name(a.function), a.failures);
  }
};

class LifecycleRig {
 public:
  explicit LifecycleRig(LifecycleLimits limits = {})
      : machine(limits, {[this] { return WorkerId(fmt::format("w{}", ++workers_)); }, [this] { return jitter; }}) {}

  /// The set, at once.
  void configure(const std::vector<FunctionConfig>& functions) {
    machine.prepare(functions, now);
    machine.commit(now);
  }
  void submit(std::string_view function, const std::string& work) {
    EXPECT_TRUE(machine.submit(test_arn(function), InvocationId(work), InvocationType::request_response, now));
  }
  void submit_event(std::string_view function, const std::string& work) {
    EXPECT_TRUE(machine.submit(test_arn(function), InvocationId(work), InvocationType::event, now));
  }
  void ask(const std::string& worker) { machine.worker_asked(WorkerId(worker), now); }
  void finish(const std::string& worker, const std::string& work) {
    EXPECT_TRUE(machine.worker_finished(WorkerId(worker), InvocationId(work), now)) << worker << " " << work;
  }
  void give_back(const std::string& worker, const std::string& work) {
    machine.worker_returned(WorkerId(worker), InvocationId(work), now);
  }
  /// As the fused exchange does it.
  void finish_and_ask(const std::string& worker, const std::string& work) {
    finish(worker, work);
    ask(worker);
  }
  void exit(const std::string& worker, std::string cause = "exit status 1") {
    machine.worker_exited(WorkerId(worker), std::move(cause), now);
  }
  /// Lets time pass as one timer would: deadline by deadline.
  void pass(Duration time) {
    const SteadyTime until = now + time;
    for (auto next = machine.next_deadline(); next && *next <= until; next = machine.next_deadline()) {
      now = std::max(now, *next);
      machine.tick(now);
    }
    now = until;
  }
  /// All actions since the last call, joined by "; ".
  std::string actions() {
    std::string text;
    while (const auto action = machine.next_action()) {
      if (const auto* failure = std::get_if<lifecycle::Fail>(&*action)) last_message = failure->message;
      if (const auto* down = std::get_if<lifecycle::PinnedDown>(&*action)) last_message = down->reason;
      text += (text.empty() ? "" : "; ") + std::visit(ActionText{}, *action);
    }
    return text;
  }

  FunctionLifecycle machine;
  SteadyTime now{};
  double jitter = 0;
  std::string last_message;

 private:
  int workers_ = 0;
};

}  // namespace fescue
