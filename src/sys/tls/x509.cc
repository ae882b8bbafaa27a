// Keys, certificates and signatures by OpenSSL: making, issuing by purpose, reading, verifying.
#include "sys/tls/x509.h"

#include <array>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/random.h"
#include "sys/tls/openssl.h"

namespace fescue {
namespace {

constexpr std::size_t kMaxRequestBytes = 16 * 1024;
constexpr int kX509Version3 = 2;
// A certificate made on a machine whose clock is ahead must not be "not yet valid" on its neighbour.
constexpr auto kClockTolerance = std::chrono::hours(24);

using Extension = openssl::Owned<X509_EXTENSION, X509_EXTENSION_free>;
using Serial = openssl::Owned<BIGNUM, BN_free>;
using DigestContext = openssl::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using StoreContext = openssl::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

openssl::Bio memory() { return openssl::Bio(BIO_new(BIO_s_mem())); }

std::string public_pem(EVP_PKEY* key) {
  const auto bio = memory();
  const int status = PEM_write_bio_PUBKEY(bio.get(), key);
  FESCUE_ASSERT(status == 1);
  return openssl::contents(bio);
}

/// The key in its own old format: "BEGIN RSA PRIVATE KEY" or "BEGIN EC PRIVATE KEY", as AWS IoT hands them out.
KeyPair key_pair(const openssl::Key& key) {
  FESCUE_ASSERT(key);
  const auto bio = memory();
  const int status = PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  FESCUE_ASSERT(status == 1);
  return {openssl::contents(bio), public_pem(key.get())};
}

Result<openssl::Key> read_public_key(std::string_view pem) {
  ERR_clear_error();
  openssl::Key key(PEM_read_bio_PUBKEY(openssl::reader(pem).get(), nullptr, nullptr, nullptr));
  if (!key) return openssl::failure("public key");
  return key;
}

Result<openssl::Certificate> read_certificate(std::string_view pem) {
  FESCUE_TRY(all, openssl::read_certificates(pem));
  return std::move(all.front());
}

void set_random_serial(X509* certificate) {
  auto bytes = random_bytes(16);
  bytes[0] = static_cast<char>((bytes[0] & 0x7f) | 0x40);  // positive, and always 16 bytes long
  const Serial number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 16, nullptr));
  const auto* serial = number ? BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) : nullptr;
  FESCUE_ASSERT(serial != nullptr);
}

void set_validity(X509* certificate, WallTime now, std::chrono::hours validity) {
  const auto seconds = [](WallTime time) { return WallClock::to_time_t(time); };
  const auto* begin = ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - kClockTolerance));
  const auto* end = ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + validity));
  FESCUE_ASSERT(begin != nullptr && end != nullptr);
}

Result<void> set_common_name(X509* certificate, const std::string& name) {
  if (name.empty()) return ok();
  ERR_clear_error();
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  const int added = X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8, text,
                                               static_cast<int>(name.size()), -1, 0);
  return added == 1 ? ok() : openssl::failure("common name '" + name + "'");
}

/// `issuer` is the certificate itself for a self-signed one.
Result<void> add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  ERR_clear_error();
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return openssl::failure("extension " + value);
  return ok();
}

struct Profile {
  const char *constraints, *key_usage, *extended;
};

/// Extensions by purpose (RFC 5280 4.2.1). A server's certificate serves as a client's too: a core is both.
Profile profile_of(CertificatePurpose purpose) {
  switch (purpose) {
    case CertificatePurpose::authority:
      return {"critical,CA:TRUE", "critical,keyCertSign,cRLSign", nullptr};
    case CertificatePurpose::server:
      return {"critical,CA:FALSE", "critical,digitalSignature,keyEncipherment", "serverAuth,clientAuth"};
    case CertificatePurpose::client:
      return {"critical,CA:FALSE", "critical,digitalSignature", "clientAuth"};
    case CertificatePurpose::code_signing:
      break;
  }
  return {"critical,CA:FALSE", "critical,digitalSignature", "codeSigning"};
}

/// The subjectAltName text of OpenSSL. A comma would start another entry: names are checked, not escaped.
Result<std::string> alternative_names(const CertificateRequest& request) {
  std::string text;
  const auto add = [&text](const char* kind, const std::string& name) {
    if (!text.empty()) text += ',';
    text.append(kind).append(name);
  };
  for (const auto& name : request.dns_names) {
    const bool plain = !name.empty() && name.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-._*") == std::string::npos;
    if (!plain) return Error(Code::invalid_argument, "'" + name + "' is no DNS name");
    add("DNS:", name);
  }
  for (const auto& address : request.ip_addresses) {
    if (address.find_first_not_of("0123456789abcdefABCDEF.:") != std::string::npos) {
      return Error(Code::invalid_argument, "'" + address + "' is no address");
    }
    add("IP:", address);
  }
  return text;
}

Result<void> add_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  const auto profile = profile_of(request.purpose);
  FESCUE_CHECK(add_extension(certificate, issuer, NID_basic_constraints, profile.constraints));
  FESCUE_CHECK(add_extension(certificate, issuer, NID_key_usage, profile.key_usage));
  if (profile.extended) FESCUE_CHECK(add_extension(certificate, issuer, NID_ext_key_usage, profile.extended));
  FESCUE_CHECK(add_extension(certificate, issuer, NID_subject_key_identifier, "hash"));
  FESCUE_CHECK(add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always"));
  FESCUE_TRY(names, alternative_names(request));
  if (!names.empty()) FESCUE_CHECK(add_extension(certificate, issuer, NID_subject_alt_name, names));
  return ok();
}

/// `issuer` is null for a self-signed certificate.
Result<std::string> make_certificate(const CertificateRequest& request, EVP_PKEY* subject_key, X509* issuer,
                                     EVP_PKEY* issuer_key) {
  const openssl::Certificate certificate(X509_new());
  FESCUE_ASSERT(certificate);
  bool done = X509_set_version(certificate.get(), kX509Version3) == 1;
  set_random_serial(certificate.get());
  set_validity(certificate.get(), request.now.value_or(wall_now()), request.validity);
  FESCUE_CHECK(set_common_name(certificate.get(), request.common_name));
  X509* const signer = issuer ? issuer : certificate.get();
  done = done && X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer)) == 1;
  done = done && X509_set_pubkey(certificate.get(), subject_key) == 1;
  FESCUE_ASSERT(done);
  FESCUE_CHECK(add_extensions(certificate.get(), signer, request));
  if (X509_sign(certificate.get(), issuer_key, EVP_sha256()) == 0) return openssl::failure("signing a certificate");
  return openssl::pem_of(certificate.get());
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm utc{};
  const int status = ASN1_TIME_to_tm(time, &utc);
  FESCUE_ASSERT(status == 1);
  return WallClock::from_time_t(::timegm(&utc));
}

Error not_verified(int reason) {
  return Error(Code::unauthenticated, std::string("certificate: ") + X509_verify_cert_error_string(reason));
}

Result<void> check_time(const X509* certificate) {
  const int verdict = openssl::verdict_of_time(certificate);
  return verdict == X509_V_OK ? ok() : Result<void>(not_verified(verdict));
}

bool has_extended_usage(X509* certificate, CertificatePurpose purpose) {
  const auto usage = X509_get_extended_key_usage(certificate);  // all bits when the extension is absent
  switch (purpose) {
    case CertificatePurpose::authority:
      return X509_check_ca(certificate) == 1;
    case CertificatePurpose::server:
      return usage & XKU_SSL_SERVER;
    case CertificatePurpose::client:
      return usage & XKU_SSL_CLIENT;
    case CertificatePurpose::code_signing:
      break;
  }
  return usage & XKU_CODE_SIGN;
}

}  // namespace

KeyPair generate_rsa_key() { return key_pair(openssl::Key(EVP_RSA_gen(2048))); }

KeyPair generate_ec_key() { return key_pair(openssl::Key(EVP_EC_gen("P-256"))); }

Result<Authority> make_authority(const std::string& common_name, std::chrono::hours validity) {
  return make_authority(common_name, validity, generate_rsa_key(), wall_now());
}

Result<Authority> make_authority(const std::string& common_name, std::chrono::hours validity, const KeyPair& keys,
                                 WallTime now) {
  FESCUE_TRY(key, openssl::read_private_key(keys.private_pem));
  CertificateRequest request;
  request.common_name = common_name;
  request.purpose = CertificatePurpose::authority;
  request.validity = validity;
  request.now = now;
  FESCUE_TRY(certificate, make_certificate(request, key.get(), nullptr, key.get()));
  return Authority{std::move(certificate), keys.private_pem};
}

Result<std::string> issue_certificate(const Authority& authority, const CertificateRequest& request) {
  FESCUE_TRY(issuer, read_certificate(authority.certificate_pem));
  FESCUE_TRY(issuer_key, openssl::read_private_key(authority.private_key_pem));
  if (X509_check_private_key(issuer.get(), issuer_key.get()) != 1) {
    return openssl::failure("the authority's key does not fit its certificate");
  }
  FESCUE_TRY(subject_key, read_public_key(request.public_key_pem));
  return make_certificate(request, subject_key.get(), issuer.get(), issuer_key.get());
}

Result<ParsedRequest> parse_certificate_request(const std::string& csr_pem) {
  if (csr_pem.size() > kMaxRequestBytes) return Error(Code::too_large, "the signing request is too large");
  ERR_clear_error();
  const auto bio = openssl::reader(csr_pem);
  const openssl::SigningRequest request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (!request) return openssl::failure("signing request");
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (!key) return openssl::failure("signing request without a usable key");
  if (X509_REQ_verify(request.get(), key) != 1) return openssl::failure("signing request with a wrong signature");
  return ParsedRequest{openssl::common_name(X509_REQ_get_subject_name(request.get())), public_pem(key)};
}

Result<CertificateInfo> inspect_certificate(const std::string& pem) {
  FESCUE_TRY(certificate, read_certificate(pem));
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (!key) return openssl::failure("certificate without a usable key");
  const ASN1_TIME* const from = X509_get0_notBefore(certificate.get());
  const ASN1_TIME* const until = X509_get0_notAfter(certificate.get());
  if (ASN1_TIME_check(from) != 1 || ASN1_TIME_check(until) != 1) {
    return Error(Code::invalid_argument, "certificate with a malformed time");
  }
  return CertificateInfo{.sha256 = openssl::sha256_hex(certificate.get()),
                         .common_name = openssl::common_name(X509_get_subject_name(certificate.get())),
                         .public_key_pem = public_pem(key),
                         .not_before = wall_time(from),
                         .not_after = wall_time(until),
                         .subject = openssl::hash_of(X509_get_subject_name(certificate.get())),
                         .issuer = openssl::hash_of(X509_get_issuer_name(certificate.get())),
                         .is_authority = X509_check_ca(certificate.get()) == 1,
                         .security_bits = EVP_PKEY_get_security_bits(key)};
}

Result<void> verify_certificate(const std::string& pem, const std::string& ca_pem, CertificatePurpose purpose,
                                CertificateTime time) {
  FESCUE_TRY(certificate, read_certificate(pem));
  FESCUE_TRY(authorities, openssl::read_certificates(ca_pem));
  const openssl::Store store(X509_STORE_new());
  FESCUE_ASSERT(store);
  for (const auto& authority : authorities) {
    if (X509_STORE_add_cert(store.get(), authority.get()) != 1) return openssl::failure("authority");
  }
  const unsigned long clock = time == CertificateTime::any_time ? X509_V_FLAG_NO_CHECK_TIME : 0;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | clock);
  const StoreContext context(X509_STORE_CTX_new());
  const bool ready = context && X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) == 1;
  FESCUE_ASSERT(ready);
  if (X509_verify_cert(context.get()) != 1) {
    const int reason = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    return not_verified(reason);
  }
  if (!has_extended_usage(certificate.get(), purpose)) {
    return Error(Code::unauthenticated, "certificate: not meant for this purpose");
  }
  return ok();
}

Result<void> verify_issued_by(const std::string& pem, const std::string& authority_pem) {
  FESCUE_TRY(certificate, read_certificate(pem));
  FESCUE_TRY(authority, read_certificate(authority_pem));
  const int named = X509_check_issued(authority.get(), certificate.get());
  if (named != X509_V_OK) return not_verified(named);
  const int verdict = X509_verify(certificate.get(), X509_get0_pubkey(authority.get()));
  ERR_clear_error();
  if (verdict != 1) return not_verified(X509_V_ERR_CERT_SIGNATURE_FAILURE);
  FESCUE_CHECK(check_time(certificate.get()));
  return check_time(authority.get());
}

Result<std::string> sign_bytes(const std::string& private_key_pem, std::string_view bytes) {
  FESCUE_TRY(key, openssl::read_private_key(private_key_pem));
  const DigestContext context(EVP_MD_CTX_new());
  FESCUE_ASSERT(context);
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1)
    return openssl::failure("signing");
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) != 1) return openssl::failure("signing");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data, bytes.size()) !=
      1) {
    return openssl::failure("signing");
  }
  signature.resize(size);
  return signature;
}

Result<void> verify_signature(const std::string& certificate_pem, std::string_view bytes, std::string_view signature) {
  FESCUE_TRY(certificate, read_certificate(certificate_pem));
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (!key) return openssl::failure("certificate without a usable key");
  const DigestContext context(EVP_MD_CTX_new());
  FESCUE_ASSERT(context);
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1)
    return openssl::failure("verifying");
  const auto unsigned_of = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const int verdict =
      EVP_DigestVerify(context.get(), unsigned_of(signature), signature.size(), unsigned_of(bytes), bytes.size());
  ERR_clear_error();
  return verdict == 1 ? ok() : Error(Code::unauthenticated, "the signature does not fit");
}

}  // namespace fescue
