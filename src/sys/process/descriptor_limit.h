// How many file descriptors this process may have open.
#pragma once

#include <cstddef>

namespace fescue {

/// As many as the system lets this process have (RLIMIT_NOFILE's hard limit). Programs that it runs inherit that.
void raise_descriptor_limit();

/// How many it may have now; where the system does not say, what every system grants.
std::size_t descriptor_limit();

}  // namespace fescue
