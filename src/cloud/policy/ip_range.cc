// Addresses as 16 bytes, compared by their first bits.
#include "cloud/policy/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace fescue::cloud {

namespace {

constexpr unsigned kIpv4Offset = 96;  // bits before an IPv4 address in its IPv6 form

std::optional<unsigned> parse_prefix(std::string_view digits, unsigned most) {
  unsigned prefix = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, prefix);
  if (error != std::errc() || at != end || prefix > most) return std::nullopt;
  return prefix;
}

}  // namespace

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (address.find('\0') != std::string::npos) return std::nullopt;
  IpRange range;
  unsigned bits = 128;
  if (inet_pton(AF_INET, address.c_str(), range.bytes_.data() + 12) == 1) {
    bits = 32;
    range.bytes_[10] = range.bytes_[11] = 0xff;
  } else if (inet_pton(AF_INET6, address.c_str(), range.bytes_.data()) != 1) {
    return std::nullopt;
  }
  if (slash == std::string_view::npos) return range;
  const auto prefix = parse_prefix(text.substr(slash + 1), bits);
  if (!prefix) return std::nullopt;
  range.prefix_ = *prefix + (bits == 32 ? kIpv4Offset : 0);
  return range;
}

bool IpRange::contains(const IpRange& other) const {
  if (other.prefix_ < prefix_) return false;
  const std::size_t whole = prefix_ / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other.bytes_.begin())) return false;
  const unsigned rest = prefix_ % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xffU << (8 - rest) & 0xffU;
  return (bytes_[whole] & mask) == (other.bytes_[whole] & mask);
}

}  // namespace fescue::cloud
