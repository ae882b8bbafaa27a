// Zip packages: checking and unpacking what a stranger made. Refused: absolute names, `..`, links and devices,
// duplicate names, names that are not UTF-8 or differ only by a trailing slash, sizes over the limits (counted while
// inflating, never believed), encrypted or truncated archives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fescue {

struct ArchiveLimits {
  std::uint64_t unpacked_bytes = 262144000;  // Lambda: 250 MiB
  std::size_t entries = 50000;
  std::size_t name_bytes = 1024;
};

struct ArchiveEntry {
  std::string name;  // without a trailing slash
  bool is_directory = false;
  std::uint64_t size = 0;
  unsigned mode = 0;  // permission bits from the archive, 0 when it has none
};

/// Reads the whole archive (inflating everything) and lists it. Error: invalid_argument or too_large, naming the entry.
Result<std::vector<ArchiveEntry>> inspect_zip(std::string_view zip, const ArchiveLimits& limits = {});

/// Unpacks into `directory`, which must exist and be empty. Files become 0644 or, with any execute bit, 0755;
/// directories 0755. Nothing is ever written outside, also if the directory changes meanwhile (openat, no links).
Result<void> unpack_zip(std::string_view zip, const std::string& directory, const ArchiveLimits& limits = {});

}  // namespace fescue
