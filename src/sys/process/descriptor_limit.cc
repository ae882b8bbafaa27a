// RLIMIT_NOFILE, raised to its hard limit.
#include "sys/process/descriptor_limit.h"

#include <sys/resource.h>

namespace fescue {

void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);  // a wish: lowering nothing, it is not refused
}

}  // namespace fescue
