// getifaddrs(3) and gethostname(2) as values.
#include "sys/net/interface_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace fescue {

namespace {

constexpr std::size_t kMaxHostName = 256;

/// Empty for what is no address of IP.
std::string address_text(const sockaddr* address) {
  const void* bytes = nullptr;
  if (address != nullptr && address->sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes == nullptr || ::inet_ntop(address->sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  std::vector<InterfaceAddress> out;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return out;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(first, ::freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    std::string address = address_text(each->ifa_addr);
    if (!address.empty() && (each->ifa_flags & IFF_UP) != 0) out.push_back({each->ifa_name, std::move(address)});
  }
  return out;
}

std::string host_name() {
  std::array<char, kMaxHostName> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace fescue
