// Where the core listens: the worker's own Unix socket, or TCP on this machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace fescue {

/// A connected socket, closed on exec; -1 with errno. `path` empty or without a file: TCP to 127.0.0.1, then ::1.
int open_endpoint(std::string_view path, std::uint16_t port);

}  // namespace fescue
