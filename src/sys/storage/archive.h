// Zip packages: checking and unpacking untrusted ones. Symbolic links that stay inside are kept. Refused:
// absolute names, `..`, links that lead out (archive_links.h) or have entries below them, hard links, devices, two
// files of one name, a file that is also a directory (`a` and `a/`, `a` and `a/b`), names that are not UTF-8, sizes
// over the limits (counted while inflating, never believed), encrypted, damaged or truncated archives, and compression
// other than stored and deflated. `./` and empty parts of names are dropped; a directory may be listed twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fescue {

struct ArchiveLimits {
  std::uint64_t unpacked_bytes = 250 * 1024 * 1024;
  std::size_t entries = 50000;  // files and directories that unpacking would make
  std::size_t name_bytes = 1024;
};

struct ArchiveEntry {
  std::string name;  // normalised: "a/b", without a trailing slash
  bool is_directory = false;
  std::string link = {};   // what a symbolic link holds; empty for others
  std::uint64_t size = 0;  // inflated
  unsigned mode = 0;       // permission bits; 0664 or 0775 when the archive has none
};

/// Reads the whole archive (inflating everything) and lists it. Error: invalid_argument or too_large, naming the entry.
Result<std::vector<ArchiveEntry>> inspect_zip(std::string_view zip, const ArchiveLimits& limits = {});

/// Unpacks into `directory`, which must exist and be empty. Files become 0644 or, with any execute bit, 0755;
/// directories 0755. Nothing is ever written outside, also if the directory changes meanwhile (openat, no links): links
/// are made last, when all are known, and none is followed. On success everything is on the disk; on failure the caller
/// removes what is there.
Result<void> unpack_zip(std::string_view zip, const std::string& directory, const ArchiveLimits& limits = {});

}  // namespace fescue
