// TaskGroup: the owner of background coroutines. Every spawn belongs to one; stop() cancels them all, and the group
// must be empty before what they refer to goes. An exception that escapes a task is a bug: it is logged and aborts.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sys/asio.h"

namespace fescue {

class TaskGroup {
 public:
  explicit TaskGroup(asio::io_context& io);
  ~TaskGroup();  // cancels; the tasks' frames are destroyed by the io_context at the latest
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` on the loop. `name` shows in logs.
  void spawn(std::string name, Task<void> task);

  /// Cancels every task; those that wait get operation_aborted.
  void stop();
  std::size_t size() const;
  /// Completes when no task is left.
  Task<void> join();

 private:
  struct State;
  asio::io_context& io_;
  std::shared_ptr<State> state_;
};

}  // namespace fescue
