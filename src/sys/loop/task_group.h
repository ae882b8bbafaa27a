// TaskGroup: the owner of background coroutines. Every spawn belongs to one; stop() cancels them all, and the group
// must be empty before what they refer to goes. An exception that escapes a task is a bug: it is logged and aborts.
//
// After stop() the wait that a task is in ends with operation_aborted, and its next co_await throws operation_aborted,
// which unwinds and ends it: a stopped task cannot linger, and clean-up belongs in destructors. A stopped group stays
// stopped: what is spawned later is dropped without being started. Use it on the loop's thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sys/loop/asio.h"

namespace fescue {

class TaskGroup {
 public:
  explicit TaskGroup(asio::io_context& io);
  ~TaskGroup();  // stops; the tasks' frames are destroyed by the io_context at the latest
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` on the loop; on the loop's thread it runs up to its first wait at once. `name` shows in logs.
  void spawn(std::string name, Task<void> task);

  /// Cancels every task; those that wait get operation_aborted.
  void stop();
  bool stopped() const;
  std::size_t size() const;
  /// Completes when no task is left. Not for a task of this very group.
  Task<void> join();

  asio::io_context& io() { return io_; }

 private:
  struct State;
  asio::io_context& io_;
  std::shared_ptr<State> state_;
};

}  // namespace fescue
