// DeviceServer: MQTT 3.1.1 over mutual TLS for the client devices of the group that runs
// (docs/compatibility/devices.md#local-server). Who may connect is decided by the certificate (device_rules.h); where a
// message goes, by the routing table alone: what a device publishes goes to the Publisher with its thing as the source,
// and what a row has for a thing goes to that thing's connection, if it has subscribed to it.
//
// A deployment closes the connections of devices that are out of the group, or have another certificate, when it
// commits; all others go on. On the loop's thread; stop() completes before it is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/log_throttle.h"
#include "devices/device_rules.h"
#include "devices/server_credentials.h"
#include "engine/ports/group_part.h"
#include "engine/ports/message_target.h"
#include "engine/ports/publisher.h"
#include "engine/ports/status_source.h"
#include "mqtt_server/mqtt_server.h"
#include "sys/net/listeners.h"

namespace fescue {

/// Those of the server that devices meet (docs/security.md#client-devices).
MqttServerLimits device_limits();

struct DeviceServerOptions {
  std::string certificate_directory;  // see server_identity.h
  ThingName core;
  std::string why_no_listener;  // when there is none
};

/// Messages that rows had for devices and that did not reach them.
struct LostForDevices {
  std::uint64_t not_connected = 0, not_subscribed = 0, no_room = 0;
};

class DeviceServer final : public GroupPart, public MessageTarget, public StatusSource, private PublishSink {
 public:
  /// Publisher and pool outlive it.
  DeviceServer(asio::io_context& io, DeviceServerOptions options, Listeners listeners, Publisher& publisher,
               BlockingPool& pool);

  /// Gets a certificate ready; what fails is a warning, since all else of a core works without devices.
  Task<void> start() { return credentials_.start(); }
  /// Accepts connections, once; a group that is committed does so as well. Who connected before has waited until then.
  void open();
  Task<void> stop();

  // GroupPart
  void prepare(StagedGroup staged, Done done) override;
  void commit() override;
  void roll_back() override { prepared_.reset(); }
  void deactivate(std::function<void()> done) override;

  // MessageTarget, of things: a message for a device that cannot take it is lost, as in V1.
  bool has_room(const Endpoint&, const Message&) const override { return true; }
  void deliver(const Endpoint& target, const Message& message) override;

  // StatusSource (device_status.cc)
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;
  std::vector<std::string> warnings() const override;

 private:
  void take(std::string_view client_id, const Topic& topic, std::string_view payload) override;  // PublishSink
  void use(std::shared_ptr<const DeviceTable> table);
  void serve(StreamPtr stream);
  void note_handshake(const Peer& peer, const Error& why);
  std::size_t connected() const;
  /// Why no device can connect; empty when they can.
  std::string why_closed() const;

  DeviceServerOptions options_;
  Listeners listeners_;
  std::string address_;  // of the first listener; empty without one
  Publisher& publisher_;
  ServerCredentials credentials_;
  DeviceRules rules_;
  MqttServer server_;
  std::shared_ptr<const DeviceTable> prepared_;
  LostForDevices lost_;
  std::uint64_t handshakes_refused_ = 0;
  LogThrottle handshake_lines_;
  bool open_ = false;
  TaskGroup tasks_;
};

}  // namespace fescue
