// Certificates: what a private CA needs, and reading what came in a handshake. Keys and certificates are PEM text.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace fescue {

struct KeyPair {
  std::string private_pem;  // PKCS#1 for RSA ("BEGIN RSA PRIVATE KEY"), SEC1/PKCS#8 for EC
  std::string public_pem;   // "BEGIN PUBLIC KEY"
};
KeyPair generate_rsa_key();  // 2048 bits; takes tens of milliseconds: use a BlockingPool
KeyPair generate_ec_key();   // P-256

enum class CertificatePurpose { authority, server, client, code_signing };

struct CertificateRequest {
  std::string common_name;  // at most 64 characters (RFC 5280); may be empty
  std::string public_key_pem;
  CertificatePurpose purpose = CertificatePurpose::client;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::chrono::hours validity{24 * 365 * 10};  // from now; it begins a day earlier, for neighbours whose clock is late
  std::optional<WallTime> now = std::nullopt;  // absent: what the clock says
};

struct Authority {
  std::string certificate_pem;
  std::string private_key_pem;
};
/// A new self-signed CA with an RSA key; see generate_rsa_key for how long that takes.
Result<Authority> make_authority(const std::string& common_name, std::chrono::hours validity);
/// The same with a key of the caller's; `now` is what the validity counts from.
Result<Authority> make_authority(const std::string& common_name, std::chrono::hours validity, const KeyPair& keys,
                                 WallTime now);
Result<std::string> issue_certificate(const Authority& authority, const CertificateRequest& request);

/// The subject's public key of a PEM signing request (at most 16 KiB) whose self-signature is right; common name beside
/// it.
struct ParsedRequest {
  std::string common_name, public_key_pem;
};
Result<ParsedRequest> parse_certificate_request(const std::string& csr_pem);

struct CertificateInfo {
  std::string sha256;  // lower-case hex of the DER: AWS IoT's certificate id
  std::string common_name;
  std::string public_key_pem;
  WallTime not_before, not_after;
  std::string subject, issuer;  // short hashes of these names, equal for equal names (RFC 5280 7.1)
  bool is_authority = false;    // says of itself that it may sign others
  int security_bits = 0;        // of its key: 112 for RSA of 2048 bits, 128 for P-256
};
/// Of the first certificate in `pem`.
Result<CertificateInfo> inspect_certificate(const std::string& pem);

/// Whether `pem` chains to one of `ca_pem`, is valid now (or was or will be, with `any_time`) and has the extended key
/// usage of `purpose`.
enum class CertificateTime { now, any_time };
Result<void> verify_certificate(const std::string& pem, const std::string& ca_pem, CertificatePurpose purpose,
                                CertificateTime time = CertificateTime::now);

/// Whether the key of `authority_pem` has signed `pem` itself, and both are valid now.
Result<void> verify_issued_by(const std::string& pem, const std::string& authority_pem);

/// ECDSA or RSA with SHA-256, DER signature.
Result<std::string> sign_bytes(const std::string& private_key_pem, std::string_view bytes);
Result<void> verify_signature(const std::string& certificate_pem, std::string_view bytes, std::string_view signature);

}  // namespace fescue
