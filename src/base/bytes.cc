// Hex and base64 by table; digests and MACs by OpenSSL.
#include "base/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"
#include "base/text/ascii.h"

namespace fescue {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

const unsigned char* as_uchar(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

bool is_base64_text(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && text.size() - end < 2 && text[end - 1] == '=') --end;
  for (char c : text.substr(0, end)) {
    if (!is_alphanumeric(c) && c != '+' && c != '/') return false;
  }
  return true;
}

}  // namespace

std::string hex_encode(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 0xf]);
  }
  return out;
}

Result<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return Error(Code::invalid_argument, "odd number of hexadecimal digits");
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit_value(text[i]);
    const int low = hex_digit_value(text[i + 1]);
    if (high < 0 || low < 0) return Error(Code::invalid_argument, "not a hexadecimal digit");
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), as_uchar(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() % 4 != 0 || !is_base64_text(text)) return Error(Code::invalid_argument, "not valid base64");
  std::string out(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), as_uchar(text), static_cast<int>(text.size()));
  if (length < 0) return Error(Code::invalid_argument, "not valid base64");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  const int status = EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  FESCUE_ASSERT(status == 1);
  return digest;
}

std::string_view as_view(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string sha256_hex(std::string_view bytes) { return hex_encode(as_view(sha256(bytes))); }

bool is_sha256_hex(std::string_view text) {
  return text.size() == 2 * Sha256().size() && text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  const int status = EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr);
  FESCUE_ASSERT(status == 1);
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::update(std::string_view bytes) {
  const int status = EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size());
  FESCUE_ASSERT(status == 1);
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  const int status = EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr);
  FESCUE_ASSERT(status == 1);
  return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const auto* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_uchar(bytes), bytes.size(), digest, &length);
  FESCUE_ASSERT(made != nullptr);
  return std::string(reinterpret_cast<const char*>(digest), length);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace fescue
