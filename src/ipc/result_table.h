// Pure: the calls of workers whose result has not been fetched yet. POST functions/{arn} makes an entry, the function's
// result and the caller's GET meet in it in either order, and the meeting ends it.
//
// Bounded in entries and in bytes of results that wait, in all and, so that one function cannot keep the others from
// calling, with a reserve for functions that hold little (base/fair_bound.h). An entry belongs to the worker that
// made the call: only it may fetch the result, and its entries go when it dies. Each entry has a deadline, set anew
// when the result comes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/fair_bound.h"
#include "base/result.h"
#include "model/arn.h"
#include "model/ids.h"
#include "model/invocation.h"

namespace fescue {

class ResultTable {
 public:
  struct Limits {
    std::size_t entries = 1024;                        // as much again in reserve, for functions with no more than 1/16
    std::size_t result_bytes = 64 * 1024 * 1024;       // half as much again, for functions with no more than 1/8
    Duration until_result = std::chrono::hours(1);     // then the call fails; queues in front of functions are long
    Duration until_fetched = std::chrono::minutes(5);  // then the result is thrown away
  };

  /// Called once, when the result is there. False: it has no room for it, and the result is kept for another try.
  using Waiter = std::function<bool(const InvocationResult&)>;

  explicit ResultTable(Limits limits);

  /// Before `owner`, a worker of `function`, makes the call. Error: resource_exhausted.
  Result<void> expect(const InvocationId& id, const WorkerId& owner, const FunctionArn& function, SteadyTime now);
  /// The call was refused after all.
  void forget(const InvocationId& id);

  /// The result came: to the waiter if there is one, else it is kept. Ignored when the entry has gone meanwhile.
  void complete(const InvocationId& id, InvocationResult result, SteadyTime now);

  /// The owner comes for the result: `waiter` gets it at once or later. Error: not_found for an id that `owner` did not
  /// call or has fetched already, conflict when it is already waiting.
  Result<void> fetch(const InvocationId& id, const WorkerId& owner, Waiter waiter);
  /// The waiting caller went away; the result is kept for another try.
  void stop_waiting(const InvocationId& id);

  /// A worker died: its entries and waiters go without a call.
  void drop_owner(const WorkerId& owner);

  /// Entries past their deadline go; those still without a result give their waiter a failure.
  void expire(SteadyTime now);

  std::size_t size() const { return entries_.size(); }
  std::size_t result_bytes() const { return bytes_bound_.total(); }
  /// Results that nobody fetched in time, or for which there was no space.
  std::uint64_t discarded() const { return discarded_; }

 private:
  struct Entry {
    WorkerId owner;
    FunctionArn function;
    SteadyTime deadline;
    Waiter waiter = {};
    std::optional<InvocationResult> result = {};
  };
  using Entries = std::unordered_map<InvocationId, Entry>;

  Entries::iterator erase(Entries::iterator entry);

  Limits limits_;
  Entries entries_;
  FairBound<FunctionArn> entries_bound_, bytes_bound_;
  std::uint64_t discarded_ = 0;
};

}  // namespace fescue
