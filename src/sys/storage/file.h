// Files, behind a port that tests can break (lost writes, full disks, failing fsync): tests/fakes/faulty_file_system.h.
// What a call has reported done survives a power cut.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

/// A regular file that is open to be read. What is renamed over it later does not change it.
class OpenFile {
 public:
  OpenFile(std::string path, Fd file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  const std::string& path() const { return path_; }
  /// When it was opened.
  std::uint64_t size() const { return size_; }
  /// Up to `count` bytes from `offset` on; none at or after the end. An error if the file has become shorter.
  Result<std::string> read(std::uint64_t offset, std::size_t count) const;

 private:
  std::string path_;
  Fd file_;
  std::uint64_t size_;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// All of a regular file. Errors: too_large over `max_bytes`, invalid_argument (a pipe ...), not_found, io ...
  virtual Result<std::string> read(const std::string& path, std::size_t max_bytes) = 0;
  /// Errors as those of read().
  virtual Result<OpenFile> open(const std::string& path) = 0;
  /// Whole or not at all: written beside, fsynced, renamed over `path`, directory fsynced. The mode is exact, whatever
  /// the umask.
  virtual Result<void> write_atomically(const std::string& path, std::string_view bytes, mode_t mode) = 0;
  virtual Result<void> make_directories(const std::string& path, mode_t mode) = 0;  // no error when it exists
  virtual Result<void> rename(const std::string& from,
                              const std::string& to) = 0;         // and fsync of the directory of `to`
  virtual Result<void> remove_tree(const std::string& path) = 0;  // no error when absent; links are not followed
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted, no dot entries
  virtual bool exists(const std::string& path) = 0;
};

/// The real one; stateless.
FileSystem& real_file_system();

/// All of `bytes`, whatever it takes.
Result<void> write_all(int fd, std::string_view bytes);

}  // namespace fescue
