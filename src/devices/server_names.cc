// Sorting addresses by what they are good for.
#include "devices/server_names.h"

#include <algorithm>

namespace fescue {

namespace {

constexpr std::size_t kMaxDnsName = 253;

/// Of what containers and virtual machines on this host are attached to.
constexpr std::string_view kBridges[] = {"docker", "br-", "virbr", "veth", "cni", "flannel", "podman", "lxc", "lxd"};

enum class Reach { network, loopback, link_local, bridge, none };  // in the order of the certificate

Reach reach_of(const InterfaceAddress& each) {
  const std::string_view address = each.address;
  const bool is_v6 = address.find(':') != std::string_view::npos;
  if (is_v6 && address.size() >= 4 && address.starts_with("fe") &&
      std::string_view("89ab").find(address[2]) != std::string_view::npos) {
    return Reach::none;
  }
  if (address.starts_with("127.") || address == "::1") return Reach::loopback;
  const bool is_bridge =
      std::ranges::any_of(kBridges, [&](std::string_view prefix) { return each.interface.starts_with(prefix); });
  if (is_bridge) return Reach::bridge;
  return address.starts_with("169.254.") ? Reach::link_local : Reach::network;
}

bool is_dns_name(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  return !text.empty() && text.size() <= kMaxDnsName && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

}  // namespace

ServerNames server_names(std::string_view host_name, const std::vector<InterfaceAddress>& interfaces) {
  ServerNames out;
  if (is_dns_name(host_name)) add_once(out.dns, std::string(host_name));
  add_once(out.dns, "localhost");
  for (const Reach reach : {Reach::network, Reach::loopback, Reach::link_local, Reach::bridge}) {
    for (const InterfaceAddress& each : interfaces) {
      if (reach_of(each) == reach) add_once(out.addresses, each.address);
    }
    if (reach != Reach::loopback) continue;
    add_once(out.addresses, "127.0.0.1");
    add_once(out.addresses, "::1");
  }
  if (out.addresses.size() > kMaxServerAddresses) out.addresses.resize(kMaxServerAddresses);
  return out;
}

}  // namespace fescue
