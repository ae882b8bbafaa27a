// The launcher: the one process that stays root. It reads requests from the core on one socket, checks them against its
// policy (policy.h), and sends those that pass to monitors (monitor/worker_monitor.h), one for each worker. What
// monitors report goes to the core unchanged. Nothing that it reads is trusted: a message that cannot be decoded is
// counted and answered with `rejected`.
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

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/launcher/policy.h"
#include "sandbox/monitor/worker_monitor.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

inline constexpr std::size_t kMaxWorkers = 512;

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
    Stage stage = Stage::starting;
  };

  Result<void> prepare();
  std::string why_no_containers() const;
  void serve();
  void leave();

  void take_request();
  Result<void> handle(Incoming incoming);
  Result<void> start(WorkerSpec spec, std::string_view message, std::vector<Fd> descriptors);
  Result<void> admit(WorkerSpec& spec);
  void pass(LaunchId id, std::string_view message);

  enum class Place : std::size_t { host, container };
  std::optional<MonitorHandle>& spare(Place place) { return spares_[static_cast<std::size_t>(place)]; }
  void make_spares();
  Result<void> make_spare(Place place);
  void take_event(LaunchId id);
  void lose(LaunchId id);
  void take_exits();
  void finish_groups();
  void kill_unowned_children();

  void send(std::string message);
  void flush();

  Fd core_;
  LauncherPolicy policy_;
  LauncherIds self_;
  std::set<gid_t> system_groups_;
  SeccompFilter filter_;
  MessageReader reader_;
  Fd child_exits_;

  std::map<LaunchId, Worker> workers_;
  /// By Place. Prewarmed: a start then needs no fork of the launcher and, for containers, no mounts.
  std::array<std::optional<MonitorHandle>, 2> spares_;
  std::map<pid_t, unsigned> monitors_;  // all that are not reaped yet, and the numbers of their cgroups

  std::optional<Cgroups> cgroups_;
  unsigned last_group_ = 0;
  std::vector<unsigned> unfinished_groups_;  // of monitors that have ended; the kernel may be busy with them

  std::deque<std::string> outbox_;  // at most two events for each worker: while it holds any, no request is read
  std::uint64_t rejected_ = 0;
  bool core_is_there_ = true;
};

}  // namespace fescue
