// RLIMIT_NOFILE, raised to its hard limit.
#include "sys/process/descriptor_limit.h"

#include <sys/resource.h>

namespace fescue {

namespace {

constexpr std::size_t kUsualLimit = 1024;

}  // namespace

void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);  // a wish: lowering nothing, it is not refused
}

std::size_t descriptor_limit() {
  rlimit files{};
  return ::getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : kUsualLimit;
}

}  // namespace fescue
