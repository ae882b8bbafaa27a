// Client: one connection to the server, from the accepted stream to its end: who it is, what it subscribed to, and what
// the server's rules say to its packets.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "mqtt_io/server_connection.h"
#include "mqtt_server/access_rules.h"
#include "mqtt_server/accounts.h"
#include "mqtt_server/receivers.h"

namespace fescue::mqtt_server {

class Exchange;

class Client final : public mqtt::ServerHandler, public Receiver {
 public:
  /// `account` is the principal's, with this connection.
  Client(Exchange& exchange, Principal principal, Account& account)
      : exchange_(exchange), principal_(std::move(principal)), account_(account) {}

  void start(TaskGroup& tasks, std::shared_ptr<mqtt::Outbox> outbox, StreamPtr stream);

  const std::string& id() const { return id_; }  // empty before CONNECT was accepted
  const Principal& principal() const { return principal_; }
  /// On whom its retained messages count; empty: on nobody.
  std::string_view publisher() const {
    return account_.kind == ClientKind::owner ? std::string_view() : std::string_view(principal_.name);
  }
  mqtt::ServerConnection& connection() const { return *connection_; }
  void drop_subscriptions();
  bool may_publish(std::string_view topic, mqtt::Retain retain) const;
  /// Rights have changed: closes the connection, or ends subscriptions, that are not allowed any more.
  void recheck();

  // From the connection.
  mqtt::ConnectCode on_connect(mqtt::ServerConnection& connection, const mqtt::Connect& connect) override;
  void on_publish(mqtt::ServerConnection& connection, const mqtt::Publish& publish) override;
  std::vector<mqtt::SubscribeCode> on_subscribe(mqtt::ServerConnection& connection,
                                                const mqtt::Subscribe& subscribe) override;
  void on_subscribed(mqtt::ServerConnection& connection, const mqtt::Subscribe& subscribe) override;
  void on_unsubscribe(mqtt::ServerConnection& connection, const mqtt::Unsubscribe& unsubscribe) override;
  void on_closed(mqtt::ServerConnection& connection, const mqtt::CloseReason& reason) override;

  // From the routes.
  bool may_receive(const Topic& topic, SourceId source) const override;
  void receive(const Outgoing& message, mqtt::QoS qos) override;

 private:
  AccessRequest request(Action action, std::string_view resource) const { return {principal_, action, id_, resource}; }
  mqtt::ConnectCode refuse(mqtt::ConnectCode code, std::string_view why);
  void refuse_publish(Action action, std::string_view topic);
  /// Why there may not be one more; empty: there may.
  std::string check_bounds(std::string_view filter, bool is_new) const;
  std::uint32_t publish_rate() const;
  void end_subscription(std::string_view filter);
  mqtt::SubscribeCode subscribe_to(const mqtt::RequestedFilter& wanted);
  /// The route of a topic that this client may publish to; null after it was refused and closed.
  const Route* route_to_publish(std::string_view topic);

  Exchange& exchange_;
  Principal principal_;
  Account& account_;
  std::string id_;
  std::set<std::string, std::less<>> filters_;
  std::shared_ptr<mqtt::ServerConnection> connection_;
  // The topic published to last, with the right to do so; good while the generation is the routes'.
  const Route* last_route_ = nullptr;
  std::uint64_t last_generation_ = 0;
};

}  // namespace fescue::mqtt_server
