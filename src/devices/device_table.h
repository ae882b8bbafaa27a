// Pure: the client devices of one group, as the local server asks for them: by certificate and by thing. Immutable; a
// deployment puts another in its place.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/endpoint.h"
#include "model/group.h"

namespace fescue {

class DeviceTable {
 public:
  explicit DeviceTable(const std::vector<Device>& devices = {});

  /// The things that a certificate is that of, by its id; none for a stranger's.
  const std::vector<ThingName>& things_of(std::string_view certificate) const;
  /// Whether the thing is a device of the group and has this certificate.
  bool allows(std::string_view certificate, std::string_view thing) const;
  /// A device as the source of its messages; null when the group has no such device.
  const Endpoint* find(std::string_view thing) const;

  std::size_t size() const { return by_thing_.size(); }
  bool empty() const { return by_thing_.empty(); }
  /// Names in order, with what they are as sources.
  const std::map<std::string, Endpoint, std::less<>>& by_thing() const { return by_thing_; }

 private:
  std::map<std::string, Endpoint, std::less<>> by_thing_;
  std::map<std::string, std::vector<ThingName>, std::less<>> by_certificate_;
};

}  // namespace fescue
