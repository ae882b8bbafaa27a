// For tests: a directory of one's own, removed at the end with all that is in it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "base/assert.h"

namespace fescue {

class TempDirectory {
 public:
  /// New, empty, 0700, below `parent`.
  explicit TempDirectory(const std::filesystem::path& parent = std::filesystem::temp_directory_path())
      : path_((parent / "fescue-test-XXXXXX").string()) {
    FESCUE_ASSERT(::mkdtemp(path_.data()) != nullptr);
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  /// Its own path, or that of `name` in it.
  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace fescue
