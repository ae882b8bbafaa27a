// FaultyFileSystem: a real file system whose operations fail when a test says so. Changing operations are numbered from
// 1; a test runs its subject once to learn how many there are, and then once for each number:
//
//   FaultyFileSystem files(real_file_system());
//   files.fail_at(3);            // the third change reports an error and has no effect
//   files.fail_after(3);         // ... has its effect, and reports an error all the same (a failing fsync)
//   files.power_cut_at(3);       // from the third change on nothing happens any more and everything fails
//   files.set_free_bytes(4096);  // writes fail with "No space left on device" once they have taken so much
//
// Every change of the port is whole or absent, so these cover what a power cut can leave behind.
#pragma once

#include <cerrno>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sys/storage/file.h"

namespace fescue {

class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& real) : real_(real) {}

  void fail_at(int change) { set(change, Fault::before); }
  void fail_after(int change) { set(change, Fault::after); }
  void power_cut_at(int change) { set(change, Fault::power_cut); }
  void set_free_bytes(std::size_t bytes) { free_bytes_ = bytes; }
  /// No faults any more; counting starts anew.
  void heal() {
    set(0, Fault::none);
    changes_ = 0;
    free_bytes_ = std::numeric_limits<std::size_t>::max();
  }
  int changes() const { return changes_; }

  Result<std::string> read(const std::string& path, std::size_t max_bytes) override {
    if (is_dead()) return dead(path);
    return real_.read(path, max_bytes);
  }
  Result<OpenFile> open(const std::string& path) override {
    if (is_dead()) return dead(path);
    return real_.open(path);
  }
  Result<void> write_atomically(const std::string& path, std::string_view bytes, mode_t mode) override {
    return change(path, [&]() -> Result<void> {
      if (bytes.size() > free_bytes_) return errno_error(path, ENOSPC);
      free_bytes_ -= bytes.size();
      return real_.write_atomically(path, bytes, mode);
    });
  }
  Result<void> make_directories(const std::string& path, mode_t mode) override {
    return change(path, [&] { return real_.make_directories(path, mode); });
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return change(to, [&] { return real_.rename(from, to); });
  }
  Result<void> remove_tree(const std::string& path) override {
    return change(path, [&] { return real_.remove_tree(path); });
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    if (is_dead()) return dead(directory);
    return real_.list(directory);
  }
  bool exists(const std::string& path) override { return !is_dead() && real_.exists(path); }

 private:
  enum class Fault { none, before, after, power_cut };

  void set(int change, Fault fault) {
    fault_ = fault;
    fault_at_ = change;
  }
  bool is_dead() const { return fault_ == Fault::power_cut && changes_ >= fault_at_; }
  static Error dead(const std::string& path) { return Error(Code::io, path + ": the power is cut"); }

  template <class Change>
  Result<void> change(const std::string& path, Change apply) {
    ++changes_;
    if (is_dead()) return dead(path);
    const bool now = changes_ == fault_at_;
    if (now && fault_ == Fault::before) return errno_error(path, EIO);
    FESCUE_CHECK(apply());
    if (now && fault_ == Fault::after) return errno_error(path, EIO);
    return ok();
  }

  FileSystem& real_;
  Fault fault_ = Fault::none;
  int fault_at_ = 0;
  int changes_ = 0;
  std::size_t free_bytes_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace fescue
