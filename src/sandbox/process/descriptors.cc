// Moving descriptors to the numbers that a worker has them under, and closing all others.
#include "sandbox/process/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory>

namespace fescue {

namespace {

constexpr int kFirstFree = 1 + kConnectionDescriptor;

/// A copy out of the way of the numbers that are about to be given out.
Result<int> lift(int number) {
  const int lifted = ::fcntl(number, F_DUPFD_CLOEXEC, kFirstFree);
  if (lifted < 0) return errno_error("move a descriptor");
  return lifted;
}

Result<void> own_pipe(int number, const WorkerSpec& spec) {
  struct statfs system;
  if (::fstatfs(number, &system) != 0) return errno_error("statfs an output");
  if (system.f_type != PIPEFS_MAGIC || ::geteuid() != 0) return ok();
  if (::fchown(number, spec.uid, spec.gid) != 0) return errno_error("own an output");
  return ok();
}

Result<int> lift_input(const WorkerSpec& spec) {
  if (spec.connection_place == ConnectionPlace::own_and_input) return lift(spec.connection.get());
  const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null) return errno_error("open /dev/null");
  return lift(null.get());
}

Result<void> place(int lifted, int number) {
  if (::dup2(lifted, number) >= 0) return ok();
  return errno_error("place descriptor " + std::to_string(number));
}

/// For kernels before 5.9.
Result<void> close_one_by_one(int first, int last) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  if (!directory) return errno_error("list the open descriptors");
  std::vector<int> open;
  while (const dirent* entry = ::readdir(directory.get())) {
    const int number = std::atoi(entry->d_name);
    if (number >= first && number <= last && number != ::dirfd(directory.get())) open.push_back(number);
  }
  for (const int number : open) ::close(number);
  return ok();
}

/// `first` to `last`.
Result<void> close_all(int first, int last) {
  if (::syscall(SYS_close_range, first, last, 0) == 0) return ok();
  if (errno != ENOSYS) return errno_error("close descriptors");
  return close_one_by_one(first, last);
}

}  // namespace

Result<int> place_descriptors(const WorkerSpec& spec) {
  FESCUE_TRY(directory, lift(spec.working_directory.get()));
  std::array<int, kOutputs> lifted;
  for (std::size_t i = 0; i < kOutputs; ++i) {
    FESCUE_TRY(number, lift(spec.outputs[i].get()));
    FESCUE_CHECK(own_pipe(number, spec));
    lifted[i] = number;
  }
  FESCUE_TRY(input, lift_input(spec));
  FESCUE_TRY(seventh, spec.connection_place != ConnectionPlace::none ? lift(spec.connection.get()) : Result<int>(-1));
  FESCUE_CHECK(place(input, 0));
  for (std::size_t i = 0; i < kOutputs; ++i) FESCUE_CHECK(place(lifted[i], static_cast<int>(i) + 1));
  if (seventh >= 0) FESCUE_CHECK(place(seventh, kConnectionDescriptor));
  return directory;
}

int first_unwanted(const WorkerSpec& spec) {
  return spec.connection_place == ConnectionPlace::none ? 1 + static_cast<int>(kOutputs) : 1 + kConnectionDescriptor;
}

Result<void> close_from(int first) { return close_all(first, std::numeric_limits<int>::max()); }

Result<void> close_others(std::vector<int> kept) {
  std::ranges::sort(kept);
  int first = 3;
  for (const int number : kept) {
    if (number > first) FESCUE_CHECK(close_all(first, number - 1));
    first = std::max(first, number + 1);
  }
  return close_from(first);
}

}  // namespace fescue
