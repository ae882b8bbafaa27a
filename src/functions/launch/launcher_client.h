// The core's end of fescue-launcher, the small root process that starts and ends workers (sandbox/README.md).
//
//   auto process = spawn_launcher(policy);                        // while root, before there is a second thread
//   ... drop privileges, make the loop ...
//   LauncherClient launcher(io, std::move(*process), events);
//   FESCUE_CHECK(launcher.start(std::move(spec)));                // -> started or start_failed
//   launcher.signal(id, SIGTERM);  launcher.kill(id);             // -> exited, once
//
// Events of one worker come in order: `started` then `exited`, or `start_failed` alone, each exactly once, unless the
// launcher is lost. The launcher answers every start and every kill in bounded time (sandbox/launcher/launcher.h); one
// that does not, because it was stopped, counts as lost, too. After `lost` there are no more events, every
// worker is dead or dying, and every call fails with `unavailable`; the core then exits (70) and is started anew with
// its launcher.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "sandbox/launcher/launcher_process.h"
#include "sandbox/spec.h"
#include "sys/loop/asio.h"

namespace fescue {

/// Called on the loop, never from inside a call of the client. A handler may call the client but not destroy it.
struct LauncherEvents {
  /// `pid` is the worker's own, as the host sees it (and as SO_PEERCRED shows it).
  std::function<void(LaunchId id, pid_t pid)> started;
  /// Refused, or a step failed: the message names the step ("run /usr/bin/python2.7: No such file or directory").
  /// Codes: permission_denied (also by the policy), not_found (no such program), already_exists (the id is in use),
  /// resource_exhausted, invalid_argument, io.
  std::function<void(LaunchId id, const Error& error)> start_failed;
  std::function<void(const WorkerExit& exit)> exited;
  std::function<void(const Error& error)> lost;
};

/// How long the launcher may take over an answer before it counts as lost: twice its own longest deadline.
inline constexpr std::chrono::seconds kLauncherTimeout{20};

class LauncherClient {
 public:
  LauncherClient(asio::io_context& io, LauncherProcess process, LauncherEvents events,
                 Duration timeout = kLauncherTimeout);
  /// Kills every worker and waits for the launcher's end: when it returns, nothing that a function started is alive. A
  /// launcher that was lost because it did not answer is not waited for: it and its workers end with this process.
  ~LauncherClient();
  LauncherClient(const LauncherClient&) = delete;
  LauncherClient& operator=(const LauncherClient&) = delete;

  /// Asks for a worker; the spec's descriptors are closed on this side. Errors at once, without an event:
  /// invalid_argument, too_large (bounds in spec.h), resource_exhausted (kMaxWaitingRequests), unavailable.
  Result<void> start(WorkerSpec spec);

  /// Sends `number` to the worker's process group. Nothing happens if the worker has exited already.
  Result<void> signal(LaunchId id, int number);
  /// SIGKILL for the worker and everything it started.
  Result<void> kill(LaunchId id);
  Result<void> stop_all();

  /// Asks what the source of a resource is, as root sees it. The handler is called once, unless the launcher is lost or
  /// the client goes; its errors are those of look_at_source(). Errors at once: as start().
  using LookHandler = std::function<void(const Result<SourceStatus>& status)>;
  Result<void> look(const HostResource& resource, LookHandler handler);

  pid_t pid() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Requests that may wait for the launcher to read them.
inline constexpr std::size_t kMaxWaitingRequests = 1024;

}  // namespace fescue
