// What FunctionLifecycle keeps about functions, workers and work. Internal to it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/lifecycle/lifecycle_types.h"
#include "model/invocation.h"

namespace fescue::lifecycle {

struct Function;

struct Work {
  InvocationId id;
  InvocationType type = InvocationType::event;
  std::uint64_t number = 0;  // order of acceptance over all functions
  SteadyTime accepted;
  unsigned attempts = 0;  // deliveries
  FunctionArn payer;      // on whom it counts
};

//   starting -> ready <-> working -> killed -> gone
//       |         |                    ^
//       +---------+--> terminating ----+
// A worker may be gone at any time; worker_exited() is the only way out.
enum class Phase {
  starting,     // spawned, has not shown that it is ready
  ready,        // without work; gets some when it asks
  working,      // holds an item
  terminating,  // was sent TERM
  killed,       // was sent KILL
};

struct Worker {
  WorkerId id;
  Function* function = nullptr;
  Phase phase = Phase::starting;
  SteadyTime spawned;
  SteadyTime since;          // when the phase began
  std::optional<Work> work;  // in phase working
  bool asking = false;       // its request for work is open
  bool was_ready = false;
  bool has_called = false;  // published something, or called a function
  bool is_busy = false;     // in phase starting, and counts as ready: see PinnedBusy
  bool retired = false;     // its end is our decision and no failure
  std::string verdict;      // why we end it, when that is its failure

  bool is_free() const { return phase == Phase::ready && asking; }
  bool is_alive() const { return phase != Phase::terminating && phase != Phase::killed; }
};

enum class Role {
  serving,
  prepared,  // of the set that prepare() named
  leaving,   // gets nothing new, goes when its last worker is gone
};

struct Function {
  std::shared_ptr<const FunctionConfig> config;
  Role role = Role::serving;
  std::deque<Work> queue;        // by number
  std::vector<Worker*> members;  // every process, until it is gone
  std::vector<Worker*> free;     // those that ask, the one used last at the end
  unsigned failures = 0;         // in a row
  std::uint64_t restarts = 0;
  std::string last_failure;
  std::optional<SteadyTime> not_before;  // of the next spawn
  bool wants_slot = false;               // stands in line for room under the core's ceiling
  bool suspended = false;                // its successor is tried alone
  Function* predecessor = nullptr;       // of a prepared pinned function: the pinned one that it replaces

  bool pinned() const { return config->pinned; }
  const FunctionArn& arn() const { return config->arn; }
  Standing standing() const { return role == Role::prepared ? Standing::prepared : Standing::serving; }
  bool has_ready_worker() const;
  /// Workers that are not told to go.
  std::size_t alive() const;
  /// Workers on trial: not ready yet, or failing before they ever were.
  std::size_t starting() const;
  /// Workers that are between two items and will ask for the next in a moment.
  std::size_t about_to_ask(SteadyTime now, Duration grace) const;
  /// Queues an item that was accepted earlier than some that wait.
  void put_back(Work work);
};

/// Whether `wanting`, which waits for a worker, is to have the place of one of `owner`'s, which has waiting work too.
bool is_worse_off(const Function& wanting, const Function& owner);

/// When something has to happen to this worker if no event comes before; absent: nothing.
std::optional<SteadyTime> deadline_of(const Worker& worker, const LifecycleLimits& limits);

/// The time that a start may take.
Duration init_time_of(const FunctionConfig& function, const LifecycleLimits& limits);

/// The pause before the next start after `failures` in a row; `jitter` in [0, 1) takes up to half of it off.
Duration restart_pause(unsigned failures, double jitter, const LifecycleLimits& limits);

}  // namespace fescue::lifecycle
