// Exchange: the server's state and decisions behind mqtt_server.h; the clients are its parts and refer back to it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log_throttle.h"
#include "mqtt_io/outbox.h"
#include "mqtt_server/accounts.h"
#include "mqtt_server/client.h"
#include "mqtt_server/mqtt_server.h"
#include "mqtt_server/receivers.h"
#include "mqtt_server/retained.h"
#include "sys/loop/task_group.h"

namespace fescue::mqtt_server {

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& io, const MqttServerLimits& limits, const AccessRules& rules, PublishSink* sink);
  ~Exchange();

  // For mqtt_server.h.
  void serve(StreamPtr stream, const Admission& admission);
  std::size_t publish(const Topic& topic, std::string_view payload, mqtt::QoS qos, SourceId source);
  void keep_retained(RetainedMessages::ByTopic messages, BlockingPool& pool, WriteRetained write);
  Task<Result<void>> retain(Topic topic, std::string payload, mqtt::QoS qos, WallTime now);
  DeliveryOutcome deliver_to(std::string_view client_id, const Topic& topic, std::string_view payload, mqtt::QoS qos);
  SubscriptionHandle subscribe(const TopicFilter& filter, LocalMessageHandler handler);
  std::size_t close_connections(const std::function<bool(const Principal&, std::string_view)>& which,
                                const std::string& reason);
  void access_changed(const std::function<bool(const Principal&)>& which);
  bool is_connected(std::string_view client_id) const { return by_id_.contains(client_id); }
  MqttServerCounters counters() const;
  Task<void> stop();

  // For clients and in-process subscriptions.
  const MqttServerLimits& limits() const { return limits_; }
  Routes& routes() { return routes_; }
  RetainedMessages& retained() { return retained_; }
  MqttServerCounters& count() { return counters_; }
  asio::io_context& io() { return io_; }
  bool allowed(const AccessRequest& request) const { return rules_.allow(request); }
  std::string why_refused(const AccessRequest& request) const { return rules_.why_refused(request); }
  void renew_kind(Account& account, const Principal& principal) {
    accounts_.change_kind(account, rules_.kind_of(principal));
  }
  bool must_not_be_missed(const Topic& topic) const { return rules_.must_not_be_missed(topic.view()); }
  /// A message of `client`: to the sink, or to those who have subscribed.
  void take(const Client& client, const Route& route, std::string_view payload, mqtt::QoS qos);
  /// Whether a message with RETAIN may wait for the store. False: the client's connection is to stand still; it is
  /// resumed when there may be room.
  bool has_room_to_retain(Client& client, std::size_t topic_and_payload_bytes);
  /// A message of `client` with RETAIN; if it cannot be kept, that is counted and logged. Gives what must be stored
  /// before it may be acknowledged.
  StoreTicket retain(const Client& client, const Topic& topic, std::string_view payload, mqtt::QoS qos);
  /// An acknowledgement is held by the client's connection until the store has something.
  void await_store(Client& client) { awaiting_store_.insert(&client); }
  /// What is retained for a filter that `client` has subscribed to.
  void send_retained(Client& client, std::string_view filter, mqtt::QoS granted);

  /// Logs a refusal, one line in a second at most: any local process may cause them in a loop.
  void log_refusal(std::string_view principal, std::string_view peer, std::string_view reason);
  /// The same for what a connected client asked for and did not get.
  void log_refused_request(const Client& client, std::string_view what, std::string_view reason);
  void log_refused_delivery(const AccessRequest& request);

  /// Makes `client` the one with its client id; an earlier one is closed.
  void enter(Client& client);
  /// The client's last moment: its connection has ended. Destroys it.
  void leave(Client& client, const mqtt::CloseReason& reason);

 private:
  void batch_ended(StoreTicket batch, const Result<void>& stored);
  void deliver(const Route& route, std::string_view payload, mqtt::QoS qos);
  void publish_will(const Client& client);
  void forget_id(Client& client);
  void count_end(const Client& client, const mqtt::CloseReason& reason);
  void log_end(const Client& client, const mqtt::CloseReason& reason);

  asio::io_context& io_;
  MqttServerLimits limits_;
  const AccessRules& rules_;
  PublishSink* sink_;            // null: none
  MqttServerCounters counters_;  // of connections that have ended, where connections count for themselves
  Accounts accounts_;
  Routes routes_;
  RetainedMessages retained_;
  std::unique_ptr<RetainedWriter> retained_writer_;  // null: they are not kept over restarts
  std::unordered_set<Client*> awaiting_store_;
  std::vector<Client*> postponed_;  // in the order in which they came
  std::vector<std::pair<StoreTicket, std::function<void(Result<void>)>>> told_when_stored_;
  mqtt::PublishFrame frame_;
  std::shared_ptr<mqtt::Outbox> outbox_;
  std::unordered_map<const Client*, std::unique_ptr<Client>> clients_;
  std::unordered_map<std::string_view, Client*> by_id_;  // the key is the client's own string
  LogThrottle refusal_lines_, request_lines_, delivery_lines_, fault_lines_;
  bool stopping_ = false;
  TaskGroup tasks_;
};

}  // namespace fescue::mqtt_server
