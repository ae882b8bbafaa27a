// The TLS handshake on a connected socket; what is left is a Stream, by a TlsEngine. For tls_connections.cc.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "sys/net/stream.h"
#include "sys/tls/tls.h"

namespace fescue {

/// As server. `peer` is completed with what the client's certificate says.
Task<Result<StreamPtr>> tls_accept(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls,
                                   std::chrono::milliseconds timeout);

/// As client; the server's certificate must name `host` (a name or an address).
Task<Result<StreamPtr>> tls_connect(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls, std::string host,
                                    std::chrono::milliseconds timeout);

}  // namespace fescue
