// Bytes are std::string when owned, std::string_view when borrowed, and Payload when many hold them at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue {

/// An immutable, shared buffer: a message is copied once on its way in and never again. Copying a Payload is cheap.
class Payload {
 public:
  Payload() = default;
  explicit Payload(std::string bytes)
      : bytes_(bytes.empty() ? nullptr : std::make_shared<const std::string>(std::move(bytes))) {}

  std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : std::string_view(); }
  std::size_t size() const { return bytes_ ? bytes_->size() : 0; }
  bool empty() const { return !bytes_; }

  friend bool operator==(const Payload& a, const Payload& b) { return a.view() == b.view(); }

 private:
  std::shared_ptr<const std::string> bytes_;
};

std::string hex_encode(std::string_view bytes);            // lower case
Result<std::string> hex_decode(std::string_view text);     // either case
std::string base64_encode(std::string_view bytes);         // standard alphabet, padded
Result<std::string> base64_decode(std::string_view text);  // strict: standard alphabet, padded, no white space

using Sha256 = std::array<std::uint8_t, 32>;
Sha256 sha256(std::string_view bytes);
std::string_view as_view(const Sha256& digest);
std::string sha256_hex(std::string_view bytes);  // lower case
/// Whether `text` is of the form that sha256_hex() gives.
bool is_sha256_hex(std::string_view text);

/// SHA-256 of bytes that arrive in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void update(std::string_view bytes);
  Sha256 finish();  // once

 private:
  void* context_;
};

std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Compares secrets in time that depends on their lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace fescue
