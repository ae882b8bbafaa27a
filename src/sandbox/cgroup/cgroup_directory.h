// An open directory of a cgroup and the small texts in it, which are read and written whole. It stays usable wherever
// this process moves its root: a monitor lives in its container.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

class CgroupDirectory {
 public:
  static Result<CgroupDirectory> open(const std::string& path);

  /// A group right below this one; make() takes one that is there already.
  Result<CgroupDirectory> open_child(const std::string& name) const;
  Result<CgroupDirectory> make_child(const std::string& name) const;
  std::vector<std::string> children() const;
  /// Removes the child and everything below it, which hold no processes any more. The kernel may still be busy with
  /// them for some milliseconds after the last exit: it tries until `timeout` is over. None there is success.
  Result<void> remove_child(const std::string& name, std::chrono::milliseconds timeout) const;

  /// Errors name the file: "write 16777216 to /sys/fs/cgroup/memory/x/memory.limit_in_bytes: Device or resource busy".
  Result<void> write(const std::string& file, std::string_view text) const;
  Result<std::string> read(const std::string& file) const;
  bool has(const std::string& file) const;
  /// The number that is the whole file; nothing if it is not there or no number ("max").
  std::optional<std::uint64_t> number(const std::string& file) const;
  /// The number after `key` and a blank at the start of a line: "oom_kill 3".
  std::optional<std::uint64_t> number_of(const std::string& file, std::string_view key) const;

  /// As this process's pid namespace names them.
  std::vector<pid_t> processes() const;
  /// SIGKILL to them and to those of all groups below, until there are none or `timeout` is over.
  void kill_processes(std::chrono::milliseconds timeout = std::chrono::seconds(1)) const;

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

 private:
  CgroupDirectory(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  bool kill_once() const;
  int remove_once(const std::string& name) const;

  Fd fd_;
  std::string path_;  // for messages
};

/// The whole file, up to 64 KiB.
Result<std::string> read_small_file(int directory, const std::string& path);

}  // namespace fescue
