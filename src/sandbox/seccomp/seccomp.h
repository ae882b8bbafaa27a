// Which system calls a worker in a container may make: a list of what programs need; everything else is as if the
// kernel did not have it (ENOSYS), and what would only serve an attack is refused (EPERM), so that programs that probe
// go on. Of some calls the arguments decide: which address families and netlink protocols, which namespaces, and for
// workers with root's ids which modes of files. Calls of another machine's numbering end the process. Whatever is
// refused or ends the process, the monitor answers and remembers (denied_calls.h); where the host has no such
// listeners, the kernel answers by itself.
//
// The programs are made once, when the launcher starts, and installed as they are. They search ranges of call numbers
// in halves: the kernel takes time in proportion to a filter's length to install it, 230 µs for the filter that
// libseccomp makes of the same lists, 40 µs for this one. The names are resolved by libseccomp.
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "base/strong.h"
#include "sandbox/spec.h"

namespace fescue {

using SeccompProgram = std::vector<sock_filter>;

/// Whether a listener is asked about what is refused.
using Listening = StrongBool<struct ListeningTag>;

/// Whether files may become set-user-id or set-group-id: in a volume such a file of root's would be one of the host's.
/// Where they may not, openat2(2) is absent, since a filter cannot see its arguments; the C libraries do without.
using SetIdFiles = StrongBool<struct SetIdFilesTag>;

/// Whether the kernel may be asked to tell of devices that come and go (NETLINK_KOBJECT_UEVENT), which libusb insists
/// on. Of all other netlink protocols a worker has NETLINK_ROUTE alone, by which getaddrinfo(3) and if_nameindex(3)
/// ask.
using DeviceEvents = StrongBool<struct DeviceEventsTag>;

struct SeccompRules {
  Listening listening;
  SetIdFiles set_id_files = SetIdFiles::yes;
  DeviceEvents device_events = DeviceEvents::no;
};

SeccompProgram make_seccomp_program(const SeccompRules& rules);

/// This machine's numbering of calls, or another one that its functions may use.
bool is_filtered_architecture(std::uint32_t audit_architecture);

/// The same filter in both forms; the first is empty if it is not to be tried.
struct SeccompFilter {
  SeccompProgram listening, silent;
};

/// The filters of all kinds of workers.
class SeccompFilters {
 public:
  /// Without listeners, none is tried.
  explicit SeccompFilters(Listening listening);

  const SeccompFilter& of(const WorkerSpec& worker) const;

 private:
  std::array<SeccompFilter, 4> filters_;
};

/// For this process and what it becomes, for good. Returns the listener (close-on-exec), or none where the host has
/// none: an older kernel, or a container around the service that listens already. Needs no-new-privileges or
/// CAP_SYS_ADMIN.
Result<Fd> install_seccomp(const SeccompFilter& filter);

}  // namespace fescue
