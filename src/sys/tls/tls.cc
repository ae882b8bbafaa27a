// Making OpenSSL contexts of PEM text: identity, trust, versions.
#include "sys/tls/tls.h"

#include <openssl/err.h>

#include "sys/tls/openssl.h"

namespace fescue {
namespace {

class OwnedTlsContext final : public TlsContext {
 public:
  explicit OwnedTlsContext(openssl::SslContext context, ForeignJudge judge = {})
      : judge_(std::move(judge)), context_(std::move(context)) {
    if (judge_) ask_about_foreign(context_.get(), &judge_);
  }
  void* native() override { return context_.get(); }

 private:
  ForeignJudge judge_;  // the context knows its address
  openssl::SslContext context_;
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

enum class TlsRole { server, client };

Result<void> trust(SSL_CTX* context, const std::string& ca_pem, TlsRole role) {
  auto authorities = openssl::read_certificates(ca_pem);
  if (!authorities) return authorities.error().in("TLS authorities");
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : *authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return openssl::failure("TLS authority");
    if (role == TlsRole::server) SSL_CTX_add_client_CA(context, authority.get());
  }
  // A listed authority is trusted whoever signed it.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return ok();
}

Result<openssl::SslContext> new_context(TlsRole role, const TlsIdentity& identity, const std::string& ca_pem) {
  ERR_clear_error();
  openssl::SslContext context(SSL_CTX_new(role == TlsRole::server ? TLS_server_method() : TLS_client_method()));
  if (!context) return openssl::failure("TLS", Code::internal);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (role == TlsRole::server || !identity.certificate_chain_pem.empty()) {
    FESCUE_CHECK(use_identity(context.get(), identity));
  }
  if (!ca_pem.empty()) FESCUE_CHECK(trust(context.get(), ca_pem, role));
  return context;
}

constexpr int kDemand = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

/// In place of a verification; that the client has the key is checked by the handshake itself.
int take_any(X509_STORE_CTX* context, void*) {
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

/// Without a context for sessions, OpenSSL refuses to resume those of clients that showed a certificate. Sessions are
/// resumed by tickets, which the clients keep; a cache here would keep what connections let go of.
void allow_resumption(SSL_CTX* context) {
  static constexpr unsigned char session_context[] = "fescue";
  SSL_CTX_set_session_id_context(context, session_context, sizeof session_context);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

std::shared_ptr<TlsContext> hand_over(openssl::SslContext context, ForeignJudge judge = {}) {
  return std::make_shared<OwnedTlsContext>(std::move(context), std::move(judge));
}

}  // namespace

Result<std::shared_ptr<TlsContext>> make_tls_server(const TlsIdentity& identity, const std::string& ca_pem,
                                                    ForeignJudge judge) {
  FESCUE_TRY(context, new_context(TlsRole::server, identity, ca_pem));
  SSL_CTX_set_verify(context.get(), ca_pem.empty() ? SSL_VERIFY_NONE : kDemand, nullptr);
  allow_resumption(context.get());
  return hand_over(std::move(context), std::move(judge));
}

Result<std::shared_ptr<TlsContext>> make_tls_server_for_any_certificate(const TlsIdentity& identity) {
  FESCUE_TRY(context, new_context(TlsRole::server, identity, ""));
  SSL_CTX_set_verify(context.get(), kDemand, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), take_any, nullptr);
  allow_resumption(context.get());
  return hand_over(std::move(context));
}

Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsIdentity& identity, const std::string& ca_pem) {
  if (ca_pem.empty()) return Error(Code::invalid_argument, "a TLS client needs the authorities that it trusts");
  FESCUE_TRY(context, new_context(TlsRole::client, identity, ca_pem));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return hand_over(std::move(context));
}

}  // namespace fescue
