// Pure: the names and addresses by which devices may reach a core, for its server certificate: those of the local
// network first, bridges of containers last. What only means something on one link (fe80::/10) is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sys/net/interface_addresses.h"

namespace fescue {

struct ServerNames {
  std::vector<std::string> dns, addresses;
  friend bool operator==(const ServerNames&, const ServerNames&) = default;
};

/// At most that many addresses go into a certificate.
inline constexpr std::size_t kMaxServerAddresses = 64;

ServerNames server_names(std::string_view host_name, const std::vector<InterfaceAddress>& interfaces);

}  // namespace fescue
