// Two maps, made once.
#include "devices/device_table.h"

#include <algorithm>

namespace fescue {

DeviceTable::DeviceTable(const std::vector<Device>& devices) {
  for (const Device& device : devices) {
    const ThingName name = device.thing.thing_name();
    if (!by_thing_.emplace(name.str(), Endpoint::thing(device.thing)).second) continue;
    by_certificate_[std::string(certificate_id(device))].push_back(name);
  }
}

const std::vector<ThingName>& DeviceTable::things_of(std::string_view certificate) const {
  static const std::vector<ThingName> kNone;
  const auto found = by_certificate_.find(certificate);
  return found == by_certificate_.end() ? kNone : found->second;
}

bool DeviceTable::allows(std::string_view certificate, std::string_view thing) const {
  return std::ranges::any_of(things_of(certificate), [&](const ThingName& name) { return name.view() == thing; });
}

const Endpoint* DeviceTable::find(std::string_view thing) const {
  const auto found = by_thing_.find(thing);
  return found == by_thing_.end() ? nullptr : &found->second;
}

}  // namespace fescue
