// Any bytes as a zip: they are listed or refused, without a crash, and within the limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "sys/storage/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fescue::ArchiveLimits limits;
  limits.unpacked_bytes = 1 << 20;
  limits.entries = 1000;
  const auto entries = fescue::inspect_zip({reinterpret_cast<const char*>(data), size}, limits);
  if (!entries) return 0;
  FESCUE_ASSERT(entries->size() <= limits.entries);
  for (const fescue::ArchiveEntry& entry : *entries) {
    FESCUE_ASSERT(!entry.name.empty() && !entry.name.starts_with('/') && !entry.name.ends_with('/'));
    FESCUE_ASSERT(("/" + entry.name + "/").find("/../") == std::string::npos);
    FESCUE_ASSERT(entry.size <= limits.unpacked_bytes);
  }
  return 0;
}
