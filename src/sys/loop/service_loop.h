// ServiceLoop: the main loop of a long-running process. One io_context on one thread; it is asked to stop by SIGTERM or
// SIGINT, or by the end of the process that started it and holds the other end of its control descriptor. That end is
// a signal as well (PR_SET_PDEATHSIG), since nobody watches a descriptor before the loop runs.
//
//   ServiceLoop loop(std::move(control));
//   return loop.run([&]() -> Task<int> {
//     ... start ...
//     loop.announce_ready(facts);
//     co_await loop.stop_requested();
//     ... stop, in reverse order ...
//     co_return 0;
//   });
#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "sys/loop/event.h"

namespace fescue {

class ServiceLoop {
 public:
  /// `control` may be empty. Signals are taken from here on; the limit of descriptors is raised as far as it goes.
  explicit ServiceLoop(Fd control);

  asio::io_context& io() { return io_; }

  /// One line of JSON for the process that started us: addresses that were not known before.
  void announce_ready(std::string_view facts);

  /// This process cannot start: said to whoever started it, who tells people, else on standard error; and in the log.
  /// Returns the exit status.
  int refuse_start(std::string_view text, const Error& why);

  /// Completes when a stop is wanted; at once if it was before.
  Task<void> stop_requested();
  /// The same from inside: this process cannot go on, or was told to by a request.
  void request_stop();

  /// Runs until `body` ends and returns what it returned. Work that is left on the loop is dropped.
  int run(std::function<Task<int>()> body);

 private:
  bool write_line(std::string line);
  Task<void> watch_control();

  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::posix::stream_descriptor control_;
  Event stop_;  // set when a stop is wanted
};

}  // namespace fescue
