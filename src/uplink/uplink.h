// Uplink: the core's one MQTT connection to its control plane. It dials, and dials again with growing, jittered pauses;
// says hello; brings what the core itself says and the group's messages to the cloud, each at least once and in order;
// hands what comes to the part of the core that subscribed to it, else to the router. Nothing local ever waits for it.
//
//   connected -> SUBSCRIBE of the core's parts -> hello, the group's filters -> (hello acknowledged) -> what the core
//   says -> messages
//
// A message that the cloud answers by hanging up is recognised (message_queue.h), set aside, counted and named in the
// log; so are those that would end the same way (refused_topics.h), and those on topics that no broker gives to its
// clients (model/reserved_topics.h). They cost the others a few short pauses.
//
// On the loop's thread. stop() completes before it is destroyed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/log_throttle.h"
#include "engine/ports/cloud_link.h"
#include "engine/ports/message_target.h"
#include "engine/ports/publisher.h"
#include "engine/ports/status_source.h"
#include "model/core_config.h"
#include "model/limits.h"
#include "mqtt_io/client_connection.h"
#include "sys/loop/event.h"
#include "sys/loop/task_group.h"
#include "sys/tls/tls.h"
#include "uplink/message_queue.h"
#include "uplink/refused_topics.h"
#include "uplink/subscription_sync.h"

namespace fescue {

struct UplinkOptions {
  HostPort address;
  ThingName core;
  std::string client_id;
  std::string version;   // of the software, for the hello
  std::string instance;  // of the process, likewise
  std::chrono::seconds keep_alive{600};
  std::chrono::milliseconds operation_timeout{5000};
  std::chrono::milliseconds first_reconnect_interval{1000};
  std::chrono::milliseconds max_reconnect_interval{60000};
  std::size_t queue_bytes = kSpoolerBytes;
  std::size_t window = 20;  // messages in flight; V1 had one
};

/// As coreThing of config.json says.
UplinkOptions uplink_options(const CoreConfig& config, std::string version, std::string instance);

struct UplinkStatus {
  bool connected = false;
  std::string last_failure;  // why there is no connection, or why the last one ended; empty when there was none
  std::uint64_t connections = 0;
  std::uint64_t messages_waiting = 0, bytes_waiting = 0;
  std::uint64_t messages_sent = 0;     // acknowledged by the cloud
  std::uint64_t messages_dropped = 0;  // no room
  std::uint64_t messages_refused = 0;  // set aside: the cloud closes the connection on them
  std::uint64_t messages_received = 0;
  std::uint64_t own_dropped = 0;         // of what the core itself says: no room
  std::uint64_t messages_malformed = 0;  // what a part of the core could not read, topics that are none
};

class Uplink final : public CloudLink, public MessageTarget, public StatusSource, private mqtt::ClientHandler {
 public:
  /// Without `tls` the connection is plain; the product always gives one.
  Uplink(asio::io_context& io, UplinkOptions options, std::shared_ptr<TlsContext> tls, Publisher& publisher);
  ~Uplink() override;

  void start();
  /// Says DISCONNECT.
  Task<void> stop();

  // CloudLink
  void publish(const Topic& topic, Payload payload) override;
  void subscribe(const TopicFilter& filter, Handler handler) override;
  void add_to_hello(std::function<void(CoreHello& hello)> contribution) override;
  void set_subscriptions(std::vector<TopicFilter> filters) override;
  bool connected() const override { return connected_; }

  // MessageTarget, for the cloud
  bool has_room(const Endpoint& target, const Message& message) const override;
  void deliver(const Endpoint& target, const Message& message) override;

  // StatusSource (uplink_status.cc)
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;
  std::vector<std::string> warnings() const override;
  UplinkStatus status() const;

 private:
  // mqtt::ClientHandler
  void on_connected(const mqtt::Connected& connected) override;
  void on_message(const mqtt::Publish& message) override;
  void on_published(mqtt::Token token) override;
  void on_subscribed(mqtt::Token token, std::span<const mqtt::SubscribeCode> codes) override;
  void on_unsubscribed(mqtt::Token token) override;
  void on_closed(const mqtt::CloseReason& reason) override;

  Task<void> keep_connected();
  Task<Result<StreamPtr>> dial();
  Task<void> serve(StreamPtr stream);
  void note_overflow(std::uint64_t dropped_before);
  void note_own_overflow(std::uint64_t dropped_before, const Topic& topic);
  void note_failure(const std::string& why);
  void note_short_life();
  void set_aside(const MessageQueue::Item& item);
  void note_refused(const Endpoint& source, const Topic& topic, std::string_view why, std::uint64_t count = 1);
  void drop_malformed(std::string_view what, const Error& why);
  void greet();
  Result<void> subscribe_own();
  void send_subscriptions();
  void send_messages(MessageQueue& queue, mqtt::Token kind);
  void send_all();

  static constexpr unsigned kSuspiciousLives = 3;
  static constexpr std::string_view kTwinRemark =
      "The control plane ends one connection after the other: another core seems to use this core's identity, as in a "
      "copied directory or disk image. Give each core a thing and a certificate of its own.";

  asio::io_context& io_;
  UplinkOptions options_;
  std::shared_ptr<TlsContext> tls_;
  Publisher& publisher_;
  TaskGroup tasks_;
  std::shared_ptr<mqtt::Outbox> outbox_;
  std::shared_ptr<mqtt::ClientConnection> connection_;
  Event closed_;  // woken when the connection has ended
  bool connected_ = false;
  bool greeted_ = false;     // and the hello was acknowledged
  bool overflowed_ = false;  // messages gave way since the last connection was made
  bool stopping_ = false;

  Backoff backoff_;
  LogThrottle malformed_lines_, refused_lines_, own_lines_;
  SteadyTime connected_at_;
  std::string last_failure_;
  unsigned short_lives_ = 0;  // of connections that the control plane ended, in a row

  MessageQueue own_;  // what the core itself says
  MessageQueue messages_;
  RefusedTopics refused_topics_;
  SubscriptionSync subscriptions_;
  std::vector<std::pair<TopicFilter, Handler>> handlers_;
  std::vector<std::function<void(CoreHello& hello)>> hello_contributions_;
  UplinkStatus counts_;  // only what only grows
};

}  // namespace fescue
