// Readers of PEM text, and the newest error of OpenSSL's queue as a sentence.
#include "sys/tls/openssl.h"

#include <limits>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/bytes.h"

namespace fescue::openssl {

Bio reader(std::string_view text) {
  FESCUE_ASSERT(text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string contents(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
  std::vector<Certificate> certificates;
  const auto bio = reader(pem);
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // The reader ends every text with "no start line"; anything else is a broken certificate.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return failure("broken certificate");
  ERR_clear_error();
  if (certificates.empty()) return Error(Code::invalid_argument, "no PEM certificate in the text");
  return certificates;
}

Result<Key> read_private_key(std::string_view pem) {
  ERR_clear_error();
  // A passphrase is never asked for on the terminal: an encrypted key is refused.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return failure("private key");
  return key;
}

std::string pem_of(const X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  const int status = PEM_write_bio_X509(bio.get(), certificate);
  FESCUE_ASSERT(status == 1);
  return contents(bio);
}

std::string hash_of(const X509_NAME* name) {
  int hashed = 0;
  const unsigned long hash = X509_NAME_hash_ex(name, nullptr, nullptr, &hashed);
  return hashed == 1 ? fmt::format("{:08x}", hash) : std::string();
}

int verdict_of_time(const X509* certificate) {
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0) return X509_V_ERR_CERT_NOT_YET_VALID;
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) return X509_V_ERR_CERT_HAS_EXPIRED;
  return X509_V_OK;
}

std::string sha256_hex(const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const int status = X509_digest(certificate, EVP_sha256(), digest, &size);
  FESCUE_ASSERT(status == 1);
  return hex_encode(std::string_view(reinterpret_cast<const char*>(digest), size));
}

std::string common_name(const X509_NAME* subject) {
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return "";
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return "";
  std::string name(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return name;
}

Error failure(std::string_view what, Code code) {
  std::string text(what);
  while (const auto error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    text += ": ";
    text += reason ? reason : "OpenSSL error";
  }
  return Error(code, std::move(text));
}

}  // namespace fescue::openssl
