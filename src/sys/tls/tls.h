// TLS contexts, server and client, over OpenSSL. TLS 1.2 and 1.3; the peer's certificate is verified against `ca`
// unless said otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "sys/loop/asio.h"
#include "sys/net/listener.h"
#include "sys/net/listeners.h"
#include "sys/net/stream.h"
#include "sys/tls/foreign_certificates.h"

namespace fescue {

struct TlsIdentity {
  std::string certificate_chain_pem;
  std::string private_key_pem;
};

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  /// OpenSSL's SSL_CTX; for sys only.
  virtual void* native() = 0;
};

/// A server that demands a client certificate which `ca_pem` (one or more CAs) signed, or which `judge` knows. With an
/// empty `ca_pem` no client certificate is asked for.
Result<std::shared_ptr<TlsContext>> make_tls_server(const TlsIdentity& identity, const std::string& ca_pem,
                                                    ForeignJudge judge = {});

/// A server that demands a client certificate, and that the client has its key; who signed it, and when it is valid, is
/// not looked at. Whoever takes the stream decides by Peer::certificate_sha256.
Result<std::shared_ptr<TlsContext>> make_tls_server_for_any_certificate(const TlsIdentity& identity);

/// A client that presents `identity` (may be empty) and accepts only servers signed by `ca_pem` whose names include the
/// host it dials.
Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsIdentity& identity, const std::string& ca_pem);

/// Dials host:port and shakes hands, both within `timeout`; the server's certificate must name `host`.
Task<Result<StreamPtr>> connect_tls(std::string host, std::uint16_t port, std::shared_ptr<TlsContext> tls,
                                    std::chrono::milliseconds timeout);

/// accept_tcp() with a TLS handshake for each connection, as server.
void accept_tls(TaskGroup& tasks, tcp::acceptor acceptor, std::shared_ptr<TlsContext> tls, StreamHandler handler,
                HandshakeRefused refused = {});
void accept_tls(TaskGroup& tasks, Listeners listeners, const std::shared_ptr<TlsContext>& tls,
                const StreamHandler& handler, const HandshakeRefused& refused = {});

/// The same, with the context that `current` gives when a connection comes: what was accepted before keeps its own.
/// Null refuses the connection.
using TlsContextSource = std::function<std::shared_ptr<TlsContext>()>;
void accept_tls(TaskGroup& tasks, Listeners listeners, const TlsContextSource& current, const StreamHandler& handler,
                const HandshakeRefused& refused = {});

}  // namespace fescue
