// The system calls that the filter (seccomp.h) denies, reported to the monitor as they happen: the kernel notifies the
// holder of the filter's listener (seccomp_unotify(2)), and the caller waits for the answer. So an exit record can name
// the call that was denied. Calls that are allowed, or that this kernel does not have, cause no notification.
//
// The kernel makes the listener with the filter, in the worker, which sends it to the monitor through a channel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

/// A worker could keep the monitor busy for ever: after so many answers the listener is closed, and from then on the
/// kernel itself answers such calls (ENOSYS).
inline constexpr unsigned kMaxDeniedCallsAnswered = 256;

struct DeniedCall {
  pid_t thread = 0;  // of any process in the container, as the monitor sees it
  int call = 0;
  std::uint32_t architecture = 0;  // AUDIT_ARCH_*: whose numbering that is
};

class DeniedCalls {
 public:
  /// In the monitor, before the worker is made.
  Result<void> prepare();
  /// In the worker, which has installed its filter.
  Result<void> hand_over(const Fd& listener) const;
  /// In the monitor, when the worker runs. Without a listener this does nothing.
  void receive(MessageReader& reader);

  /// To wait on, or -1. Then take().
  int event() const { return listener_.get(); }
  /// Answers one: EPERM, or SIGKILL where ends_the_caller() says so. Nothing: its caller died first, or all are dead.
  std::optional<DeniedCall> take();

 private:
  ChannelPair channel_;
  Fd listener_;
  unsigned answered_ = 0;
};

/// Calls of another machine's numbering end their process.
bool ends_the_caller(const DeniedCall& refusal);

}  // namespace fescue
