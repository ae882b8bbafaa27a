// A long-running Fescue process started by another (`up` starts `cloud` and `core`). They share one control descriptor:
// the child writes one line of JSON when it is ready (or {"error": why not}), and stops when the parent's end closes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/loop/asio.h"
#include "sys/net/listeners.h"

namespace fescue::cli {

class ChildProcess {
 public:
  /// Starts this same executable with `arguments` and `--control-fd`, and gives it `listeners` as systemd would
  /// (sys/net/listeners.h). The child's log goes to our standard error.
  static Result<ChildProcess> start(asio::io_context& io, std::vector<std::string> arguments,
                                    std::span<const HeldListeners> listeners);

  /// The line that says it is ready. Error: unavailable when it ends first, timeout.
  Task<Result<std::string>> ready_line(std::chrono::milliseconds timeout);
  /// Completes when the process has ended: its exit status, or 128 + the signal that ended it. Empty when the wait was
  /// cancelled first.
  Task<std::optional<int>> exited();
  /// SIGTERM, and SIGKILL; nothing once it has been waited for.
  void stop();
  void kill();
  pid_t pid() const { return pid_; }

 private:
  ChildProcess(asio::io_context& io, pid_t pid, int control, int pidfd);

  pid_t pid_;
  asio::posix::stream_descriptor control_;
  asio::posix::stream_descriptor pidfd_;
};

}  // namespace fescue::cli
