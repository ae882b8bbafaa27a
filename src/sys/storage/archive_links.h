// The symbolic links of an archive, and whether each of them stays inside it. Pure: links are followed through one
// another as the kernel would once they are made, `..` after a link included; nothing is looked up on a disk.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace fescue {

/// By normalised name ("bin/tool"), what each holds ("../lib/tool.js").
using ArchiveLinks = std::map<std::string, std::string>;

inline constexpr std::size_t kMaxLinkBytes = 1024;

/// Error: invalid_argument naming the first link that is absolute, empty, leads out of the archive's root (by itself or
/// through others) or in a circle. What a link leads to need not be there.
Result<void> check_links(const ArchiveLinks& links);

}  // namespace fescue
