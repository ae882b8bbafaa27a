// The version of the whole product, as `fescue --version` and the core's hello say it.
#pragma once

#include <string_view>

namespace fescue {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace fescue
