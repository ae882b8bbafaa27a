// What a process is to its neighbours: session, signals, parents and orphans.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <set>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

/// Leads a session and process group of its own, without a terminal.
Result<void> own_session();

/// All signals get their default action and are blocked: they are taken by a signalfd or not at all. A child made from
/// here needs unblock_signals() only.
void silence_signals();
void unblock_signals();

/// SIGKILL when `parent` dies; fails (cancelled) if it is not this process's parent any more. Changes of uid undo it.
Result<void> die_with(pid_t parent);

/// Orphans below this process become its children instead of init's.
Result<void> adopt_orphans();

/// Readable when a child has died.
Result<Fd> child_exits();
void drain_child_exits(int signal_fd);

struct DeadChild {
  pid_t pid = 0;
  int status = 0;  // as of wait(2)
  rusage usage{};  // of the child and those it had waited for
};
/// A child that has died, if there is one. Errors: not_found when there are no children at all.
Result<std::optional<DeadChild>> reap();

/// SIGKILL to every child of this process but `spared`. Pids of children cannot be reused before reap(), so it never
/// hits another process; grandchildren become children when their parents die, so repeating it ends a whole tree.
Result<void> kill_children(const std::set<pid_t>& spared);

/// SIGKILL to all of this process's pid namespace but itself: for its first process alone.
Result<void> kill_everyone_else();

}  // namespace fescue
