// Findings about the host: cgroups, link protection, kernel, clock.
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/doctor/cgroups.h"
#include "core/doctor/doctor.h"

namespace fescue::doctor {

namespace {

std::string content_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

bool kernel_has(long number) {
  // With arguments that no kernel accepts: only a missing call says ENOSYS.
  return ::syscall(number, -1, 0, 0, 0) >= 0 || errno != ENOSYS;
}

Findings check_kernel() {
  utsname kernel{};
  ::uname(&kernel);
  const std::string name = fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine);
  if (kernel_has(SYS_pidfd_open) && kernel_has(SYS_openat2)) return {{"kernel", Verdict::good, name}};
  return {{"kernel", Verdict::problem, name + " has no pidfd_open or openat2", "use Linux 5.6 or newer"}};
}

ClockSync clock_sync() {
  timex state{};
  const int status = ::adjtimex(&state);
  if (status < 0) return ClockSync::unknown;
  return status == TIME_ERROR || (state.status & STA_UNSYNC) != 0 ? ClockSync::free_running : ClockSync::synchronised;
}

/// When this program was written to the disk.
WallTime built_time() {
  std::error_code failure;
  const auto time = std::filesystem::last_write_time(std::filesystem::read_symlink("/proc/self/exe", failure), failure);
  if (failure) return {};
  return std::chrono::time_point_cast<WallTime::duration>(std::chrono::file_clock::to_sys(time));
}

void append(Findings& out, Findings more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good:
      return "ok";
    case Verdict::note:
      return "note";
    case Verdict::warning:
      return "warning";
    case Verdict::problem:
      return "problem";
  }
  return "problem";
}

Findings judge_link_protection(std::string_view hardlinks, std::string_view symlinks) {
  if (hardlinks.starts_with('1') && symlinks.starts_with('1')) {
    return {{"links", Verdict::good, "hard and soft links are protected"}};
  }
  return {{"links", Verdict::warning, "hard or soft links are not protected: one user can lead another's files astray",
           "sysctl -w fs.protected_hardlinks=1 fs.protected_symlinks=1, and put both into /etc/sysctl.d"}};
}

Findings judge_clock(WallTime now, WallTime built, ClockSync sync) {
  const std::string text = iso8601_utc(now);
  if (now < built) {
    return {{"clock", Verdict::problem,
             fmt::format("it is {} by the clock, but this program was installed {}", text, iso8601_utc(built)),
             "set the clock: certificates and signatures depend on it"}};
  }
  if (sync == ClockSync::synchronised) return {{"clock", Verdict::good, text + ", synchronised"}};
  if (sync == ClockSync::unknown) return {{"clock", Verdict::note, text}};
  return {{"clock", Verdict::note, text + ", not synchronised as far as the kernel knows",
           "run chrony or systemd-timesyncd where there is a network; requests are refused when clocks differ by more "
           "than 5 minutes"}};
}

Findings check_host(WallTime now) {
  Findings out = check_kernel();
  const std::string mountinfo = content_of("/proc/self/mountinfo");
  const std::string v2 = v2_mount(mountinfo);
  append(out, judge_cgroups(parse_cgroups(mountinfo, v2.empty() ? "" : content_of(v2 + "/cgroup.controllers"))));
  append(out, judge_link_protection(content_of("/proc/sys/fs/protected_hardlinks"),
                                    content_of("/proc/sys/fs/protected_symlinks")));
  append(out, judge_clock(now, built_time(), clock_sync()));
  return out;
}

}  // namespace fescue::doctor
