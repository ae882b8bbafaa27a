// Sentences for those who are not to learn where our files are.
#pragma once

#include <string>
#include <string_view>

namespace fescue {

/// `text` with "FILE" in place of each absolute path in it: what happened, without where.
std::string without_paths(std::string_view text);

}  // namespace fescue
