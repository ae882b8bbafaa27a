#include "sys/tls.h"

#include <boost/asio/ssl.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sys/deadline.h"
#include "sys/openssl.h"
#include "sys/tls_stream.h"

namespace fescue {
namespace {

class AsioTlsContext final : public TlsContext {
 public:
  explicit AsioTlsContext(SSL_CTX* owned) : context_(owned) {}
  void* native() override { return &context_; }

 private:
  asio::ssl::context context_;
};

Result<void> use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  auto chain = openssl::read_certificates(identity.certificate_chain_pem);
  if (!chain) return chain.error().in("TLS certificate");
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1) return openssl::failure("TLS certificate");
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1) return openssl::failure("TLS certificate chain");
  }
  FESCUE_TRY(key, openssl::read_private_key(identity.private_key_pem));
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return openssl::failure("TLS private key");
  return ok();
}

enum class Role { server, client };

Result<void> trust(SSL_CTX* context, const std::string& ca_pem, Role role) {
  auto authorities = openssl::read_certificates(ca_pem);
  if (!authorities) return authorities.error().in("TLS authorities");
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : *authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return openssl::failure("TLS authority");
    if (role == Role::server) SSL_CTX_add_client_CA(context, authority.get());
  }
  // A listed authority is trusted whoever signed it.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return ok();
}

Result<openssl::SslContext> new_context(Role role, const TlsIdentity& identity, const std::string& ca_pem) {
  ERR_clear_error();
  openssl::SslContext context(SSL_CTX_new(role == Role::server ? TLS_server_method() : TLS_client_method()));
  if (!context) return openssl::failure("TLS", Code::internal);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (role == Role::server || !identity.certificate_chain_pem.empty()) {
    FESCUE_CHECK(use_identity(context.get(), identity));
  }
  if (!ca_pem.empty()) FESCUE_CHECK(trust(context.get(), ca_pem, role));
  return context;
}

std::shared_ptr<TlsContext> hand_over(openssl::SslContext context) {
  return std::make_shared<AsioTlsContext>(context.release());
}

using TlsSocket = asio::ssl::stream<tcp::socket>;

/// Shared with every operation under way: Asio's TLS operations refer to the stream until their handler is called.
struct Connection {
  Connection(tcp::socket socket, std::shared_ptr<TlsContext> tls)
      : context(std::move(tls)), stream(std::move(socket), *static_cast<asio::ssl::context*>(context->native())) {}

  void close() {
    error_code ignored;
    stream.next_layer().close(ignored);
  }

  std::shared_ptr<TlsContext> context;
  TlsSocket stream;
  std::string ahead;  // decrypted bytes that wait_readable had to take
};

/// Peers that close without a farewell are common, and every protocol above knows its own ends.
error_code without_truncation(error_code error) {
  return error == asio::ssl::error::stream_truncated ? error_code(asio::error::eof) : error;
}

class TlsStream final : public Stream {
 public:
  TlsStream(std::shared_ptr<Connection> connection, Peer peer)
      : connection_(std::move(connection)), peer_(std::move(peer)) {}
  ~TlsStream() override { TlsStream::close(); }

  Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    const auto connection = connection_;
    if (auto& ahead = connection->ahead; !ahead.empty()) {
      const auto taken = asio::buffer_copy(into, asio::buffer(ahead));
      ahead.erase(0, taken);
      co_return std::tuple(error_code(), taken);
    }
    const auto [error, got] = co_await connection->stream.async_read_some(into, use_result);
    co_return std::tuple(without_truncation(error), got);
  }

  Task<error_code> write_all(asio::const_buffer bytes) override {
    const auto connection = connection_;
    const auto [error, written] = co_await asio::async_write(connection->stream, bytes, use_result);
    co_return error;
  }

  Task<error_code> wait_readable() override {
    const auto connection = connection_;
    auto& ahead = connection->ahead;
    if (!ahead.empty()) co_return error_code();
    char bytes[1024];
    const auto [error, got] = co_await connection->stream.async_read_some(asio::buffer(bytes), use_result);
    ahead.assign(bytes, got);
    // As on a plain socket, end of file is something to read: the next read_some says so again.
    const auto said = without_truncation(error);
    co_return said == asio::error::eof ? error_code() : said;
  }

  std::size_t write_now(asio::const_buffer) override { return 0; }

  void interrupt_read() override {
    error_code ignored;
    connection_->stream.next_layer().cancel(ignored);
  }

  void finish_writing() override {
    error_code ignored;
    connection_->stream.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
  }

  void close() override { connection_->close(); }
  const Peer& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return connection_->stream.get_executor(); }

 private:
  std::shared_ptr<Connection> connection_;
  Peer peer_;
};

Error handshake_error(SSL* ssl, const error_code& error) {
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_OK) return Error(Code::unavailable, "TLS handshake: " + error.message());
  return Error(Code::unauthenticated, "TLS handshake: " + std::string(X509_verify_cert_error_string(verdict)));
}

Task<Result<StreamPtr>> shake_hands(std::shared_ptr<Connection> connection, Peer peer,
                                    asio::ssl::stream_base::handshake_type side, std::chrono::milliseconds timeout) {
  Deadline deadline(connection->stream.get_executor(), timeout, [&] { connection->close(); });
  const auto [error] = co_await connection->stream.async_handshake(side, use_result);
  SSL* const ssl = connection->stream.native_handle();
  if (deadline.expired()) co_return Error(Code::timeout, "TLS handshake took too long");
  if (error) co_return handshake_error(ssl, error);
  if (const openssl::Certificate certificate{SSL_get1_peer_certificate(ssl)}) {
    peer.certificate_sha256 = openssl::sha256_hex(certificate.get());
    peer.certificate_subject = openssl::common_name(X509_get_subject_name(certificate.get()));
  }
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

Result<std::shared_ptr<TlsContext>> make_tls_server(const TlsIdentity& identity, const std::string& ca_pem) {
  FESCUE_TRY(context, new_context(Role::server, identity, ca_pem));
  const int verify = ca_pem.empty() ? SSL_VERIFY_NONE : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context.get(), verify, nullptr);
  // Without one, OpenSSL refuses to resume sessions of clients that showed a certificate.
  static constexpr unsigned char session_context[] = "fescue";
  SSL_CTX_set_session_id_context(context.get(), session_context, sizeof session_context);
  return hand_over(std::move(context));
}

Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsIdentity& identity, const std::string& ca_pem) {
  if (ca_pem.empty()) return Error(Code::invalid_argument, "a TLS client needs the authorities that it trusts");
  FESCUE_TRY(context, new_context(Role::client, identity, ca_pem));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return hand_over(std::move(context));
}

Task<Result<StreamPtr>> tls_accept(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls,
                                   std::chrono::milliseconds timeout) {
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(tls));
  co_return co_await shake_hands(std::move(connection), std::move(peer), asio::ssl::stream_base::server, timeout);
}

Task<Result<StreamPtr>> tls_connect(tcp::socket socket, Peer peer, std::shared_ptr<TlsContext> tls, std::string host,
                                    std::chrono::milliseconds timeout) {
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(tls));
  if (!expect_host(connection->stream.native_handle(), host)) {
    co_return Error(Code::invalid_argument, "'" + host + "' is no host name");
  }
  co_return co_await shake_hands(std::move(connection), std::move(peer), asio::ssl::stream_base::client, timeout);
}

}  // namespace fescue
