// ROOT/run/NAME.down: why that process of `fescue up` does not run (`cloud`, `core`, or `up` itself). Written and
// removed by `fescue up`; the other verbs say it to whoever wonders.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace fescue::cli {

/// `why` is a sentence, without a full stop. What cannot be written is not told.
void note_down(const std::string& root, std::string_view name, std::string_view why);
void note_running(const std::string& root, std::string_view name);

/// Empty: it runs, or nobody knows why it does not.
std::optional<std::string> why_down(const std::string& root, std::string_view name);

/// The same error, with the reason if it says that somebody cannot be reached and there is one.
Error explained(const Error& error, const std::string& root, std::string_view name);

}  // namespace fescue::cli
