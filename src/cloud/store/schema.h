// The control plane's database, as an append-only list of steps. Each aggregate's store file owns its tables and
// exports their DDL as `extern const std::string_view kXxxSchema` (defined constexpr-style, from a literal); schema.cc
// lists them. A released step is never edited or moved: changes are new steps at the end.
#pragma once

#include <string_view>
#include <vector>

namespace fescue::cloud {

/// For Database::migrate().
std::vector<std::string_view> migrations();

}  // namespace fescue::cloud
