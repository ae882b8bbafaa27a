// Handshakes on a socket, with the alert sent when one fails, and the Stream that encrypts by a TlsEngine.
#include "sys/tls/tls_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include "sys/loop/deadline.h"
#include "sys/tls/foreign_certificates.h"
#include "sys/tls/openssl.h"
#include "sys/tls/tls_engine.h"

namespace fescue {
namespace {

using Step = TlsEngine::Step;

constexpr std::size_t kRecord = 16 * 1024;
constexpr std::size_t kWritePiece = 64 * 1024;  // encrypted in one go
constexpr std::size_t kFirstBytes = 128;        // most messages as a whole

/// Shared with every operation under way: a stream may go while one waits.
struct TlsSocket {
  TlsSocket(tcp::socket connected, std::shared_ptr<TlsContext> tls, TlsEngine::Side side)
      : context(std::move(tls)), socket(std::move(connected)), engine(static_cast<SSL_CTX*>(context->native()), side) {}

  void close() {
    error_code ignored;
    socket.close(ignored);
  }

  /// Whether the socket has taken all of the output.
  bool send_now() {
    while (!engine.output().empty()) {
      const auto output = engine.output();
      const auto count = ::send(socket.native_handle(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count <= 0) return false;
      engine.sent(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// To be awaited at once, then taken().
  auto wait_for_input() {
    // An alert, a new key: if the socket is full it goes with the next write.
    if (!being_sent) send_now();
    return socket.async_read_some(asio::buffer(first_bytes), use_result);
  }

  /// The first bytes are there: to the engine with them, and with what has come behind them.
  error_code taken(const error_code& error, std::size_t count) {
    if (count > 0) {
      const std::span<char> space = engine.space();
      std::ranges::copy(std::span(first_bytes).first(count), space.begin());
      if (count == kFirstBytes) count += receive_now(space.subspan(count));
      engine.filled(count);
    }
    if (error != asio::error::eof) return error;
    engine.end();
    return {};
  }

  /// None at an end or an error, which come again.
  std::size_t receive_now(std::span<char> into) {
    const auto got = ::recv(socket.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  std::shared_ptr<TlsContext> context;
  tcp::socket socket;
  TlsEngine engine;
  std::array<char, kFirstBytes> first_bytes;  // a wait holds this alone, and not room for a record
  std::size_t ahead = 0;                      // bytes of a write_now that are encrypted and not reported as written
  bool being_sent = false;                    // send_all() is at the output
};

/// Sends the output, what is appended meanwhile too.
Task<error_code> send_all(std::shared_ptr<TlsSocket> connection) {
  if (connection->send_now()) co_return error_code();
  connection->being_sent = true;
  error_code failure;
  std::string batch;
  while (!failure && !connection->engine.output().empty()) {
    batch = connection->engine.output();
    connection->engine.sent(batch.size());
    const auto [error, written] = co_await asio::async_write(connection->socket, asio::buffer(batch), use_result);
    failure = error;
  }
  connection->being_sent = false;
  co_return failure;
}

error_code error_of(Step step, const TlsEngine& engine) {
  if (step == Step::done) return {};
  return step == Step::failed ? engine.error() : error_code(asio::error::eof);
}

class TlsStream final : public Stream {
 public:
  TlsStream(std::shared_ptr<TlsSocket> connection, Peer peer)
      : connection_(std::move(connection)), peer_(std::move(peer)) {}
  ~TlsStream() override { TlsStream::close(); }

  Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    const auto connection = connection_;
    const std::span<char> room(static_cast<char*>(into.data()), into.size());
    for (;;) {
      std::size_t got = 0;
      const Step step = connection->engine.read(room, got);
      if (step != Step::wants_input) co_return std::tuple(error_of(step, connection->engine), got);
      const auto [ended, count] = co_await connection->wait_for_input();
      if (const error_code error = connection->taken(ended, count)) co_return std::tuple(error, std::size_t(0));
    }
  }

  Task<std::tuple<error_code, std::size_t>> read_some(ReadRoom& into) override {
    const auto connection = connection_;
    for (;;) {
      if (!connection->engine.has_input()) {
        into.rest();
        const auto [ended, count] = co_await connection->wait_for_input();
        if (const error_code error = connection->taken(ended, count)) co_return std::tuple(error, std::size_t(0));
      }
      std::size_t got = 0;
      const Step step = connection->engine.read(into.room(), got);
      if (step != Step::wants_input) co_return std::tuple(error_of(step, connection->engine), got);
    }
  }

  Task<error_code> write_all(asio::const_buffer bytes) override {
    const auto connection = connection_;
    std::string_view rest(static_cast<const char*>(bytes.data()), bytes.size());
    rest.remove_prefix(std::min(rest.size(), std::exchange(connection->ahead, 0)));
    for (;;) {
      const error_code error = co_await send_all(connection);
      if (error || rest.empty()) co_return error;
      const Step step = connection->engine.write(rest.substr(0, kWritePiece));
      if (step != Step::done) co_return error_of(step, connection->engine);
      rest.remove_prefix(std::min(rest.size(), kWritePiece));
    }
  }

  /// A record that the socket has not taken as a whole is not counted as written: it waits in the output, and the next
  /// write, which begins with the very same bytes, goes on behind them.
  std::size_t write_now(asio::const_buffer bytes) override {
    TlsSocket& connection = *connection_;
    if (connection.being_sent) return 0;
    const std::string_view all(static_cast<const char*>(bytes.data()), bytes.size());
    std::size_t taken = 0;
    while (connection.send_now()) {
      taken += std::exchange(connection.ahead, 0);
      if (taken >= all.size()) break;
      const std::string_view record = all.substr(taken, kRecord);
      if (connection.engine.write(record) != Step::done) break;
      connection.ahead = record.size();
    }
    return taken;
  }

  void interrupt_read() override {
    error_code ignored;
    connection_->socket.cancel(ignored);
  }

  void finish_writing() override {
    error_code ignored;
    connection_->socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void close() override { connection_->close(); }
  const Peer& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return connection_->socket.get_executor(); }

 private:
  std::shared_ptr<TlsSocket> connection_;
  Peer peer_;
};

Error handshake_error(TlsEngine& engine, const std::string& reason) {
  const long verdict = SSL_get_verify_result(engine.ssl());
  if (verdict == X509_V_OK) return Error(Code::unavailable, "TLS handshake: " + reason);
  return Error(Code::unauthenticated, "TLS handshake: " + std::string(X509_verify_cert_error_string(verdict)));
}

/// Clients and people who took a port for plain HTTP understand this, and no alert.
constexpr std::string_view kPlainHttpAnswer =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 62\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: plain HTTP is not served, use https://.\n";

Task<void> answer_plain_http(std::shared_ptr<TlsSocket> connection) {
  co_await asio::async_write(connection->socket, asio::buffer(kPlainHttpAnswer), use_result);
  error_code ignored;
  connection->socket.shutdown(tcp::socket::shutdown_send, ignored);
}

/// The alert that says why it failed is sent as well.
Task<Result<void>> exchange_hellos(std::shared_ptr<TlsSocket> connection) {
  for (;;) {
    TlsEngine& engine = connection->engine;
    const Step step = engine.handshake();
    const error_code sent = co_await send_all(connection);
    if (step == Step::failed &&
        ERR_GET_REASON(static_cast<unsigned long>(engine.error().value())) == SSL_R_HTTP_REQUEST)
      co_await answer_plain_http(connection);
    if (step == Step::failed || step == Step::ended)
      co_return handshake_error(engine, error_of(step, engine).message());
    if (sent) co_return handshake_error(engine, sent.message());
    if (step == Step::done) co_return ok();
    const auto [ended, count] = co_await connection->wait_for_input();
    const error_code error = connection->taken(ended, count);
    if (error) co_return handshake_error(engine, error.message());
  }
}

Task<Result<StreamPtr>> finish_handshake(std::shared_ptr<TlsSocket> connection, Peer peer,
                                         std::chrono::milliseconds timeout) {
  Deadline deadline(connection->socket.get_executor(), timeout, [&] { connection->close(); });
  const Result<void> done = co_await exchange_hellos(connection);
  if (deadline.expired()) co_return Error(Code::timeout, "TLS handshake took too long");
  if (!done) co_return done.error();
  if (const openssl::Certificate certificate{SSL_get1_peer_certificate(connection->engine.ssl())}) {
    peer.certificate_sha256 = openssl::sha256_hex(certificate.get());
    peer.certificate_subject = openssl::common_name(X509_get_subject_name(certificate.get()));
    if (is_newcomer(connection->engine.ssl())) peer.certificate_pem = openssl::pem_of(certificate.get());
  }
  connection->engine.forget_handshake();
  co_return std::make_unique<TlsStream>(std::move(connection), std::move(peer));
}

/// The server is told which name is meant (not for addresses: SNI has none), and its certificate must carry it.
bool expect_host(SSL* ssl, const std::string& host) {
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

Task<Result<StreamPtr>> tls_accept(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls,
                                   std::chrono::milliseconds timeout) {
  auto connection = std::make_shared<TlsSocket>(std::move(socket), std::move(tls), TlsEngine::Side::server);
  co_return co_await finish_handshake(std::move(connection), std::move(peer), timeout);
}

Task<Result<StreamPtr>> tls_connect(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls, std::string host,
                                    std::chrono::milliseconds timeout) {
  auto connection = std::make_shared<TlsSocket>(std::move(socket), std::move(tls), TlsEngine::Side::client);
  if (!expect_host(connection->engine.ssl(), host)) {
    co_return Error(Code::invalid_argument, "'" + host + "' is no host name");
  }
  co_return co_await finish_handshake(std::move(connection), std::move(peer), timeout);
}

}  // namespace fescue
