// Placing and closing descriptors, in child processes of the test.
#include "sandbox/process/descriptors.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>
#include <seccomp.h>

namespace fescue {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

int status_of(int (*child)()) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(child());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0 when 100 stays and 101, 150 and 300 go.
int close_and_look() {
  for (const int number : {100, 101, 150, 300}) {
    if (::dup2(2, number) != number) return 2;
  }
  if (!close_from(101)) return 3;
  return is_open(100) && !is_open(101) && !is_open(150) && !is_open(300) ? 0 : 1;
}

int close_and_look_on_an_old_kernel() {
  const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  if (::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(close_range), 0) != 0) return 4;
  if (::seccomp_load(filter) != 0) return 5;
  return close_and_look();
}

TEST(CloseFrom, ClosesWhatIsAbove) { EXPECT_EQ(status_of(close_and_look), 0); }

TEST(CloseFrom, WorksOnKernelsWithoutCloseRange) { EXPECT_EQ(status_of(close_and_look_on_an_old_kernel), 0); }

std::string path_of(int number) {
  std::array<char, 64> path;
  const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(number)).c_str(), path.data(), path.size());
  return std::string(path.data(), static_cast<std::size_t>(size < 0 ? 0 : size));
}

/// The spec's descriptors may have the very numbers that are to be given out. 0 when each comes to its place.
int place_crossed() {
  const std::array<const char*, 7> files = {"/",         "/dev/zero",   "/dev/full",   "/dev/null",
                                            "/dev/ptmx", "/dev/random", "/dev/urandom"};
  const std::array<int, 7> crossed = {1, 6, 5, 4, 3, 2, 0};
  for (int i = 0; i < 7; ++i) {
    if (::dup2(Fd(::open(files[i], O_PATH)).get(), 30 + i) < 0) return 2;
  }
  for (int i = 0; i < 7; ++i) {
    if (::dup2(30 + i, crossed[i]) < 0) return 2;
  }
  WorkerSpec spec;
  spec.working_directory = Fd(crossed[0]);
  for (std::size_t i = 0; i < kOutputs; ++i) spec.outputs[i] = Fd(crossed[i + 1]);

  const auto directory = place_descriptors(spec);
  if (!directory || path_of(*directory) != "/" || path_of(0) != "/dev/null") return 3;
  for (int i = 1; i < 7; ++i) {
    if (path_of(i) != files[i]) return 10 + i;
  }
  return 0;
}

TEST(PlaceDescriptors, NumbersMayCross) { EXPECT_EQ(status_of(place_crossed), 0); }

}  // namespace
}  // namespace fescue
