// Emptying the bounding set, the ambient one and all others by prctl(2) and capset(2).
#include "base/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace fescue {

/// Up to the last that this kernel knows.
Result<void> renounce_capabilities() {
  for (unsigned long number = 0;; ++number) {
    if (::prctl(PR_CAPBSET_READ, number, 0, 0, 0) < 0) return ok();
    if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) return errno_error("drop capability " + std::to_string(number));
  }
}

Result<void> drop_capabilities() {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return errno_error("drop ambient capabilities");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return errno_error("drop capabilities");
  return ok();
}

}  // namespace fescue
