// A child of `fescue up` through all its lives: started, waited for, started again with growing pauses for as long as
// it takes, and stopped. Its listeners are kept from one life to the next. Why it does not start is said once, until
// the reason is another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/child_process.h"
#include "cli/stand_in.h"
#include "sys/loop/service_loop.h"

namespace fescue::cli {

/// How long to wait before starting a child anew: nothing the first time, then ever longer while it keeps dying young.
class RestartPause {
 public:
  std::chrono::seconds next(SteadyTime started, SteadyTime now);

 private:
  std::uint64_t early_ends_ = 0;
};

class SupervisedChild {
 public:
  explicit SupervisedChild(ServiceLoop& loop) : loop_(loop), stand_in_(loop.io()) {}

  void add_listeners(HeldListeners listeners) { listeners_.push_back(std::move(listeners)); }
  /// The first is the verb, by which it is called in the log.
  void set_arguments(std::vector<std::string> arguments) { arguments_ = std::move(arguments); }
  /// Where to note why it does not run (down_note.h).
  void set_root(std::string root) { root_ = std::move(root); }
  /// Answers on its listeners while it does not run.
  StandIn& stand_in() { return stand_in_; }

  /// Completes when it is ready, with what it said about itself. Error: why it is not, and it does not run any more;
  /// cancelled when a stop is wanted meanwhile.
  Task<Result<std::string>> start();
  /// Why it did not start, unless that was said before.
  void tell(const Error& error);
  /// Has it run, whether it does now or not, until a stop is wanted.
  Task<void> keep_alive();
  Task<void> stop();

 private:
  Task<Result<std::string>> launch();
  Task<Result<std::string>> wait_until_ready();
  void be_down(const std::string& why);

  ServiceLoop& loop_;
  std::vector<std::string> arguments_;
  std::vector<HeldListeners> listeners_;
  StandIn stand_in_;
  std::string root_;
  std::unique_ptr<ChildProcess> process_;
  SteadyTime started_;
  RestartPause pause_;
  std::string told_;  // why it did not start the last time; empty when it did
};

}  // namespace fescue::cli
