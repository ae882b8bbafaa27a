// Files, behind a port that tests can break (lost writes, full disks, failing fsync).
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::string> read(const std::string& path, std::size_t max_bytes) = 0;
  /// Whole or not at all: written beside, fsynced, renamed over `path`, directory fsynced.
  virtual Result<void> write_atomically(const std::string& path, std::string_view bytes, mode_t mode) = 0;
  virtual Result<void> make_directories(const std::string& path, mode_t mode) = 0;  // no error when it exists
  virtual Result<void> rename(const std::string& from,
                              const std::string& to) = 0;         // and fsync of the directory of `to`
  virtual Result<void> remove_tree(const std::string& path) = 0;  // no error when absent
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted, no dot entries
  virtual bool exists(const std::string& path) = 0;
};

/// The real one; stateless.
FileSystem& real_file_system();

}  // namespace fescue
