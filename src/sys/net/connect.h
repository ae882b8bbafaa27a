// Dialling: TCP and Unix sockets. TLS on top of it is connect_tls() in sys/tls/tls.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "sys/net/stream.h"

namespace fescue {

/// `host` is a name or an address; every address of a name is tried in turn. Errors: timeout, unavailable.
Task<Result<StreamPtr>> connect_tcp(std::string host, std::uint16_t port, std::chrono::milliseconds timeout);

/// `path` may be longer than the 107 bytes of a socket address, if its directory can be opened.
Task<Result<StreamPtr>> connect_unix(std::string path, std::chrono::milliseconds timeout);

/// The connected socket of connect_tcp(), for who puts something between it and the Stream. Errors name no host.
Task<Result<tcp::socket>> dial_tcp(std::string host, std::uint16_t port, SteadyTime end);

}  // namespace fescue
