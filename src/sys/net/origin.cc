// Where a connection comes from, out of what the kernel said of its peer.
#include "sys/net/origin.h"

#include <algorithm>

namespace fescue {

std::string origin_of(const Peer& peer) {
  if (peer.uid) return "uid " + std::to_string(*peer.uid);
  std::string host = peer.address.substr(0, peer.address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || !address.is_v6() || address.is_loopback()) return host;
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace fescue
