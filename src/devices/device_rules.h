// DeviceRules: who may connect to the core's MQTT server, and as whom (docs/compatibility/devices.md#local-server). The
// certificate decides: its id must be that of a device of the group that runs, and the client id that device's thing.
// Where messages go is not asked here: the routing table decides that.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "devices/device_table.h"
#include "mqtt_server/access_rules.h"
#include "sys/net/stream.h"

namespace fescue {

class DeviceRules final : public AccessRules {
 public:
  /// From now on; what was allowed before is asked again by MqttServer::access_changed().
  void use(std::shared_ptr<const DeviceTable> table) { table_ = std::move(table); }
  const DeviceTable& table() const { return *table_; }

  /// Of a connection whose handshake has proved that the peer has the key of its certificate.
  Admission admit(const Peer& peer) const;

  bool allow(const AccessRequest& request) const override;
  std::string why_refused(const AccessRequest& request) const override;

 private:
  std::shared_ptr<const DeviceTable> table_ = std::make_shared<const DeviceTable>();
};

}  // namespace fescue
