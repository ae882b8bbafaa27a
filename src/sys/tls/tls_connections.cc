// TLS on dialled and on accepted sockets.
#include "base/clock.h"
#include "sys/loop/deadline.h"
#include "sys/net/connect.h"
#include "sys/tls/tls.h"
#include "sys/tls/tls_stream.h"

namespace fescue {

namespace {

using std::chrono::milliseconds;

constexpr auto kHandshakeTimeout = std::chrono::seconds(10);

Peer peer_at(const tcp::socket& socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  Peer peer;
  if (!error) peer.address = endpoint_text(remote);
  return peer;
}

/// `tls` may be null: there is no certificate yet.
Task<Result<StreamPtr>> accept_as_now(std::shared_ptr<TlsContext> tls, tcp::socket socket, Peer peer) {
  if (!tls) co_return Error(Code::unavailable, "there is no server certificate");
  co_return co_await tls_accept(std::move(socket), std::move(peer), std::move(tls), kHandshakeTimeout);
}

}  // namespace

Task<Result<StreamPtr>> connect_tls(std::string host, std::uint16_t port, std::shared_ptr<TlsContext> tls,
                                    milliseconds timeout) {
  const auto where = host + ":" + std::to_string(port);
  const auto end = steady_now() + timeout;
  auto socket = co_await dial_tcp(host, port, end);
  if (!socket) co_return socket.error().in(where);
  auto peer = peer_at(*socket);
  auto stream = co_await tls_connect(std::move(*socket), std::move(peer), std::move(tls), host, left_until(end));
  if (!stream) co_return stream.error().in(where);
  co_return std::move(*stream);
}

void accept_tls(TaskGroup& tasks, tcp::acceptor acceptor, std::shared_ptr<TlsContext> tls, StreamHandler handler,
                HandshakeRefused refused) {
  auto handshake = [tls = std::move(tls)](tcp::socket socket, Peer peer) {
    return tls_accept(std::move(socket), std::move(peer), tls, kHandshakeTimeout);
  };
  accept_with_handshake(tasks, std::move(acceptor), std::move(handshake), std::move(handler), std::move(refused));
}

void accept_tls(TaskGroup& tasks, Listeners listeners, const TlsContextSource& current, const StreamHandler& handler,
                const HandshakeRefused& refused) {
  for (tcp::acceptor& acceptor : listeners.acceptors) {
    auto handshake = [current](tcp::socket socket, Peer peer) {
      return accept_as_now(current(), std::move(socket), std::move(peer));
    };
    accept_with_handshake(tasks, std::move(acceptor), std::move(handshake), handler, refused);
  }
}

void accept_tls(TaskGroup& tasks, Listeners listeners, const std::shared_ptr<TlsContext>& tls,
                const StreamHandler& handler, const HandshakeRefused& refused) {
  for (tcp::acceptor& acceptor : listeners.acceptors) accept_tls(tasks, std::move(acceptor), tls, handler, refused);
}

}  // namespace fescue
