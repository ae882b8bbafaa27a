// The addresses of this machine, as the kernel lists them, and its name.
#pragma once

#include <string>
#include <vector>

namespace fescue {

struct InterfaceAddress {
  std::string interface;  // "eth0"
  std::string address;    // "192.168.1.4", "fd00::4"; without a scope
  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// Of interfaces that are up; none when the kernel does not say.
std::vector<InterfaceAddress> interface_addresses();

/// Empty when there is none.
std::string host_name();

}  // namespace fescue
