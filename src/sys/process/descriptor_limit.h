// How many file descriptors this process may have open.
#pragma once

namespace fescue {

/// As many as the system lets this process have (RLIMIT_NOFILE's hard limit). Programs that it runs inherit that.
void raise_descriptor_limit();

}  // namespace fescue
