// The launcher: the one process that stays root. It takes requests from the core over one socket, holds them against
// its policy, and passes those that stand it to keepers (keeper.h), one for each worker; their events go back to the
// core unchanged. It trusts nothing that it reads: a message that it does not understand is counted, answered by
// `rejected` and forgotten.
//
// One thread, one poll(). It leaves when the core's end closes, after everything is dead; signals do not move it (the
// core decides when its workers stop, also when a terminal or an init system signals them all).
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/channel.h"
#include "sandbox/keeper.h"
#include "sandbox/policy.h"

namespace fescue {

inline constexpr std::size_t kMaxWorkers = 512;

class Launcher {
 public:
  /// `core` is the launcher's end of the channel. The process must be single-threaded.
  Launcher(Fd core, LauncherPolicy policy);

  /// Until the core is gone and every keeper has ended. Errors: what the system refused at the start.
  Result<void> run();

 private:
  enum class Stage { starting, running };
  struct Worker {
    KeeperHandle keeper;
    Stage stage = Stage::starting;
  };

  Result<void> prepare();
  void serve();
  void leave();

  void take_request();
  Result<void> handle(Incoming incoming);
  Result<void> start(WorkerSpec spec, std::string_view message, std::vector<Fd> descriptors);
  void pass(LaunchId id, std::string_view message);

  bool wants_spare() const;
  Result<void> make_spare();
  void take_event(LaunchId id);
  void lose(LaunchId id);
  void take_deaths();

  void send(std::string message);
  void flush();

  Fd core_;
  LauncherPolicy policy_;
  LauncherIds self_;
  std::set<gid_t> system_groups_;
  MessageReader reader_;
  Fd deaths_;

  std::map<LaunchId, Worker> workers_;
  std::optional<KeeperHandle> spare_;  // made before it is needed, which takes a fork out of the way of a start
  std::set<pid_t> keepers_;            // all that are not reaped yet

  std::deque<std::string> outbox_;  // at most two events for each worker: while it holds any, no request is read
  std::uint64_t rejected_ = 0;
  bool core_is_there_ = true;
};

}  // namespace fescue
