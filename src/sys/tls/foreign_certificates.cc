// OpenSSL's verification first, then the judge and the certificate's own time.
#include "sys/tls/foreign_certificates.h"

#include <openssl/err.h>

#include "sys/tls/openssl.h"

namespace fescue {

namespace {

// A result that OpenSSL leaves to applications, and keeps with the session.
constexpr int kNewcomer = X509_V_ERR_APPLICATION_VERIFICATION;

ForeignCertificate describe(const X509* certificate) {
  return {openssl::sha256_hex(certificate), openssl::hash_of(X509_get_issuer_name(certificate)),
          openssl::pem_of(certificate)};
}

int verify(X509_STORE_CTX* context, void* judge) {
  if (X509_verify_cert(context) == 1) return 1;
  const X509* certificate = X509_STORE_CTX_get0_cert(context);
  if (certificate == nullptr) return 0;
  const ForeignVerdict verdict = (*static_cast<const ForeignJudge*>(judge))(describe(certificate));
  if (verdict == ForeignVerdict::refused) return 0;
  ERR_clear_error();  // of the verification that did not count
  const int time = openssl::verdict_of_time(certificate);
  const bool accepted = time == X509_V_OK;
  X509_STORE_CTX_set_error(context, accepted && verdict == ForeignVerdict::newcomer ? kNewcomer : time);
  return accepted ? 1 : 0;
}

}  // namespace

void ask_about_foreign(SSL_CTX* context, const ForeignJudge* judge) {
  SSL_CTX_set_client_CA_list(context, sk_X509_NAME_new_null());
  SSL_CTX_set_cert_verify_callback(context, verify, const_cast<ForeignJudge*>(judge));
}

bool is_newcomer(const SSL* connection) { return SSL_get_verify_result(connection) == kNewcomer; }

}  // namespace fescue
