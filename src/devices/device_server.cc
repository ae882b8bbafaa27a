// From connections to the Publisher and back, and from one group's devices to the next's.
#include "devices/device_server.h"

#include <algorithm>

#include "base/log.h"
#include "model/core_config.h"
#include "sys/process/descriptor_limit.h"

namespace fescue {

namespace {

std::string address_of(const Listeners& listeners) {
  return listeners.acceptors.empty() ? "" : HostPort{listeners.host(), listeners.port}.str();
}

}  // namespace

MqttServerLimits device_limits() {
  MqttServerLimits limits;
  // Who comes back may still be there. Of the descriptors, functions may have half (ipc).
  limits.max_connections = std::min(2 * kMaxDevicesPerGroup, descriptor_limit() / 4);
  limits.max_output_per_client = 512 * 1024;
  limits.max_publish_rate = 0;
  return limits;
}

DeviceServer::DeviceServer(asio::io_context& io, DeviceServerOptions options, Listeners listeners, Publisher& publisher,
                           BlockingPool& pool)
    : options_(std::move(options)),
      listeners_(std::move(listeners)),
      address_(address_of(listeners_)),
      publisher_(publisher),
      credentials_(io, options_.certificate_directory, options_.core, pool),
      server_(io, device_limits(), rules_, this),
      tasks_(io) {}

void DeviceServer::open() {
  if (std::exchange(open_, true)) return;
  accept_tls(
      tasks_, std::move(listeners_), [this] { return credentials_.context(); },
      [this](StreamPtr stream) { serve(std::move(stream)); },
      [this](const Peer& peer, const Error& why) { note_handshake(peer, why); });
}

void DeviceServer::serve(StreamPtr stream) {
  const Admission admission = rules_.admit(stream->peer());
  server_.serve(std::move(stream), admission);
}

/// A line in a second at most: anybody in the network may cause them.
void DeviceServer::note_handshake(const Peer& peer, const Error& why) {
  ++handshakes_refused_;
  if (const auto left_out = handshake_lines_.admit(steady_now())) {
    log::warn("Refused a device's connection.",
              {{"peer", peer.address}, {"reason", why.message()}, {"notLogged", *left_out}});
  }
}

Task<void> DeviceServer::stop() {
  tasks_.stop();
  co_await tasks_.join();
  co_await server_.stop();
  co_await credentials_.stop();
}

void DeviceServer::prepare(StagedGroup staged, Done done) {
  prepared_ = std::make_shared<const DeviceTable>(staged.group->devices);
  done(ok());
}

void DeviceServer::commit() {
  use(std::exchange(prepared_, nullptr));
  open();
}

void DeviceServer::deactivate(std::function<void()> done) {
  prepared_.reset();
  use(std::make_shared<const DeviceTable>());
  done();
}

void DeviceServer::use(std::shared_ptr<const DeviceTable> table) {
  rules_.use(std::move(table));
  server_.access_changed([](const Principal&) { return true; });
}

/// What is wrong with a message the Publisher counts and logs. MQTT 3.1.1 can say it only by closing the connection,
/// which V1 does not do.
void DeviceServer::take(std::string_view client_id, const Topic& topic, std::string_view payload) {
  const Endpoint* source = rules_.table().find(client_id);
  if (source == nullptr) return;  // its connection is being closed
  [[maybe_unused]] const auto published =
      publisher_.publish({*source, topic, Payload(std::string(payload))}, QueueFullPolicy::best_effort);
}

void DeviceServer::deliver(const Endpoint& target, const Message& message) {
  const ThingName thing = std::get<ThingArn>(target.value()).thing_name();
  switch (server_.deliver_to(thing.view(), message.topic, message.payload.view(), mqtt::QoS::at_most_once)) {
    case DeliveryOutcome::delivered:
      return;
    case DeliveryOutcome::no_room:
      ++lost_.no_room;
      return;
    case DeliveryOutcome::not_subscribed:
      ++lost_.not_subscribed;
      return;
    case DeliveryOutcome::not_connected:
      ++lost_.not_connected;
      return;
  }
}

}  // namespace fescue
