// The launcher: the one process that stays root. It reads requests from the core on one socket, checks them against its
// policy (policy.h), and sends those that pass to monitors (monitor/worker_monitor.h), one for each worker. What
// monitors report goes to the core unchanged. Nothing that it reads is trusted: a message that cannot be decoded is
// counted and answered with `rejected`.
//
// A start and a kill have their time each: a monitor that takes longer is killed with all that it has, and the core
// told. So nobody waits for a process that another process has stopped between the monitor's fork and the function's
// program, or for a kernel that does not come back from a mount.
//
// One thread, one poll(). When the core's end of the socket closes it kills all workers, waits for their end and exits.
// It ignores signals: the core decides when workers stop, also when a terminal or an init system signals all processes.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "sandbox/launcher/policy.h"
#include "sandbox/monitor/worker_monitor.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

inline constexpr std::size_t kMaxWorkers = 512;

/// From the request to the function's program; from a kill to the report of the end. The first is for slow devices: it
/// takes milliseconds. The second is longer than a monitor waits for leftovers.
inline constexpr std::chrono::seconds kStartTimeout{10};
inline constexpr std::chrono::seconds kKillTimeout{5};

class Launcher {
 public:
  /// `core` is the launcher's end of the channel. The process must be single-threaded.
  Launcher(Fd core, LauncherPolicy policy);

  /// Until the core is gone and every monitor has ended. Errors: what the system refused at the start.
  Result<void> run();

 private:
  enum class Stage { starting, running };
  struct Worker {
    MonitorHandle monitor;
    std::optional<SteadyTime> deadline;  // of its start, or of a kill
    Stage stage = Stage::starting;
    bool kill_asked = false;
    bool is_overdue = false;  // and was killed for it
  };

  Result<void> prepare();
  std::string why_no_containers() const;
  void serve();
  void leave();

  void take_request();
  Result<void> handle(Incoming incoming);
  Result<void> start(WorkerSpec spec, std::string_view message, std::vector<Fd> descriptors);
  Result<void> admit(WorkerSpec& spec);
  void answer(const LookRequest& look);
  void pass(LaunchId id, std::string_view message);
  void pass_kill(LaunchId id);

  enum class Place : std::size_t { host, container };
  std::optional<MonitorHandle>& spare(Place place) { return spares_[static_cast<std::size_t>(place)]; }
  void make_spares();
  Result<void> make_spare(Place place);
  void take_event(LaunchId id);
  void lose(LaunchId id);
  int poll_timeout() const;
  void end_overdue();
  void take_exits();
  void finish_groups();
  void kill_unowned_children();

  void send(std::string message);
  void flush();

  Fd core_;
  Fd core_process_;  // a pidfd; none before Linux 5.3
  LauncherPolicy policy_;
  LauncherIds self_;
  SystemAccounts accounts_;  // as they were when it started
  std::optional<SeccompFilters> filters_;
  MessageReader reader_;
  Fd child_exits_;

  std::map<LaunchId, Worker> workers_;
  /// By Place. Prewarmed: a start then needs no fork of the launcher and, for containers, no mounts.
  std::array<std::optional<MonitorHandle>, 2> spares_;
  std::map<pid_t, unsigned> monitors_;  // all that are not reaped yet, and the numbers of their cgroups

  std::optional<Cgroups> cgroups_;
  unsigned last_group_ = 0;
  std::vector<unsigned> unfinished_groups_;  // of monitors that have ended; the kernel may be busy with them

  std::deque<std::string>
      outbox_;  // at most two events for each worker and an answer: while it holds any, no request is read
  std::uint64_t rejected_ = 0;
  bool core_is_there_ = true;
};

}  // namespace fescue
