// IpRange: an address, or a block of them in CIDR notation, IPv4 or IPv6. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fescue::cloud {

class IpRange {
 public:
  /// "192.0.2.7", "192.0.2.0/24", "2001:db8::/32"; absent for everything else.
  static std::optional<IpRange> parse(std::string_view text);
  /// Whether all of `other` lies in it.
  bool contains(const IpRange& other) const;

 private:
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
  unsigned prefix_ = 128;
};

}  // namespace fescue::cloud
