// Mounting a container's /proc, and which of its files are hidden or frozen.
#include "sandbox/container/proc.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>

#include "sandbox/container/mounts.h"

namespace fescue {

namespace {

constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

/// Files check their reader's uid and no capability, so a function that runs as root would get at them.
constexpr const char* kMasked[] = {"kcore",         "keys",        "key-users",     "kmsg",
                                   "kallsyms",      "kpagecgroup", "kpagecount",    "kpageflags",
                                   "latency_stats", "sched_debug", "sysrq-trigger", "timer_list",
                                   "timer_stats",   "vmallocinfo", "acpi",          "scsi"};
constexpr const char* kReadOnlyTrees[] = {"asound", "bus", "fs", "irq", "mpt", "sys", "driver", "tty"};

constexpr Restrictions kMask{.read_only = true, .no_devices = false, .no_programs = true};
constexpr Restrictions kReadOnlyTree{.read_only = true, .no_devices = true, .no_programs = true};

Result<void> mask(const std::string& path, const std::string& blank, const std::string& null) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return ok();  // not every kernel has all of them
  return bind_mount(S_ISDIR(status.st_mode) ? blank : null, path, kMask);
}

Result<void> bind_read_only(const std::string& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return ok();
  return bind_mount(path, path, kReadOnlyTree);
}

}  // namespace

Result<void> mount_proc(const std::string& path, const std::string& blank, const std::string& null) {
  // The number is "invisible" for kernels before 5.8.
  FESCUE_CHECK(mount_new("proc", path, kFlags, "hidepid=2"));
  for (const char* name : kMasked) FESCUE_CHECK(mask(path + "/" + name, blank, null));
  for (const char* name : kReadOnlyTrees) FESCUE_CHECK(bind_read_only(path + "/" + name));
  return ok();
}

}  // namespace fescue
