// Certificates of clients that none of a server's authorities has signed. The server's user is asked about each, during
// the handshake: it may know this very certificate, whoever signed it, or want to get to know it. Nothing is trusted
// besides: not its signer, and not a certificate of the same name.
#pragma once

#include <functional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace fescue {

struct ForeignCertificate {
  std::string sha256;  // lower-case hex of the DER
  std::string issuer;  // as CertificateInfo's, in x509.h
  std::string pem;
};

enum class ForeignVerdict {
  refused,
  known,     // this very certificate
  newcomer,  // as known, and Peer::certificate_pem then has it
};

/// Asked on the loop's thread, before the client has proved that it has the key: must not change anything.
using ForeignJudge = std::function<ForeignVerdict(const ForeignCertificate&)>;

/// From now on clients of the context are verified as before, and where that fails `judge` is asked. A client is not
/// told which authorities are trusted, since many show no certificate of others. `judge` must outlive the context.
void ask_about_foreign(ssl_ctx_st* context, const ForeignJudge* judge);

/// Whether the other side's certificate was accepted as a newcomer's, in this session or the one that it goes on with.
bool is_newcomer(const ssl_st* connection);

}  // namespace fescue
