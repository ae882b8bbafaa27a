// Asking the table, and saying which id a certificate allows.
#include "devices/device_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fescue {

Admission DeviceRules::admit(const Peer& peer) const {
  const std::vector<ThingName>& things = table_->things_of(peer.certificate_sha256);
  if (things.empty()) {
    return Admission::refuse(
        fmt::format("the certificate {} is that of no device of the group that runs", peer.certificate_sha256));
  }
  return Admission::accept({.name = peer.certificate_sha256, .things = things});
}

bool DeviceRules::allow(const AccessRequest& request) const {
  switch (request.action) {
    case Action::connect:
      return table_->allows(request.who.name, request.resource);
    case Action::publish:
    case Action::retain:
      return table_->allows(request.who.name, request.client_id);
    case Action::subscribe:
    case Action::receive:
      return true;
  }
  return false;
}

std::string DeviceRules::why_refused(const AccessRequest& request) const {
  std::vector<std::string> names;
  for (const ThingName& thing : table_->things_of(request.who.name))
    names.push_back(fmt::format("\"{}\"", thing.view()));
  if (names.empty()) return "its certificate is that of no device of the group that runs";
  return fmt::format("its certificate allows the client id {}", fmt::join(names, " or "));
}

}  // namespace fescue
