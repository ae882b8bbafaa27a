// How workers ended, as text for people: from runtime.log, where every end is one line
// (functions/workers/exit_record.h), so that it can be told also when no core runs. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fescue::cli {

/// The last `count` ends in `log`, of one function by name or ARN, or of all when `function` is empty. Ends that were
/// planned are left out. Lines that are no such record are passed over.
std::string exits_text(std::string_view log, std::string_view function, std::size_t count);

}  // namespace fescue::cli
