// setrlimit(2) for workers and for the launcher, and who the kernel kills first.
#include "sandbox/process/rlimits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/fd.h"

namespace fescue {

namespace {

constexpr std::string_view kOomScore = "500";

Result<void> no_core_dumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return errno_error("limit core dumps");
  return ok();
}

/// When memory runs out, workers go before the core and before their monitors. A wish: not every host grants it.
void raise_oom_score_adj() {
  const Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file && ::write(file.get(), kOomScore.data(), kOomScore.size()) < 0) return;
}

}  // namespace

Result<void> limit_worker() {
  FESCUE_CHECK(no_core_dumps());
  raise_oom_score_adj();
  rlimit files;
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return errno_error("read the limit of open files");
  files.rlim_max = std::min<rlim_t>(files.rlim_max, kOpenFilesHard);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, kOpenFilesSoft);
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return errno_error("limit open files");
  return ok();
}

Result<void> limit_launcher() {
  FESCUE_CHECK(no_core_dumps());
  rlimit files;
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return errno_error("read the limit of open files");
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return errno_error("raise the limit of open files");
  return ok();
}

}  // namespace fescue
