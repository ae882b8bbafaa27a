// MqttServer: MQTT 3.1.1 on streams that others have accepted, and publish and subscribe for the code around it. What
// every MQTT server of ours needs is here; who may do what is decided by its user's AccessRules.
//
// As AWS IoT does (docs/compatibility/mqtt.md#connections and what follows it): QoS 0 and 1; a refused SUBSCRIBE is
// answered 0x80, a refused PUBLISH closes the connection; a second connection with the same client id takes over the
// first; topics of at most 256 bytes; a keep-alive of 0 or above the limit counts as the limit. A client with several
// filters that match gets a message once, at the highest QoS; retained messages are kept, and sent with RETAIN to those
// who subscribe later, as the owner's. Not as AWS IoT: sessions are always clean (session_present is 0).
//
// What a reader has not read or not acknowledged is kept for it within bounds; what exceeds them is dropped and
// counted, at any QoS. Where the rules say that a message must not be missed, the reader is closed instead.
//
// How it is fast: the receivers of a topic are looked up once and remembered until a subscription or a right changes; a
// message is encoded once for each QoS and then only copied; and each receiver is written to once in a turn of the loop
// (mqtt_io/outbox.h).
//
// On the loop's thread only. Before it goes, stop() must have completed or the io_context must no longer run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "model/message.h"
#include "model/topic.h"
#include "mqtt/packet.h"
#include "mqtt_server/access_rules.h"
#include "mqtt_server/retained.h"
#include "mqtt_server/retained_writer.h"
#include "sys/net/stream.h"

namespace fescue {

namespace mqtt_server {
class Exchange;  // exchange.h
}

/// What is said of a certificate counts for each principal that is not the owner (AccessRules::kind_of).
struct MqttServerLimits {
  std::size_t max_connections = 10'000;
  std::size_t max_connections_of_certificate = 256;
  // Of one connection.
  std::size_t max_subscriptions_per_client = 50;   // AWS IoT
  std::size_t max_filter_levels = 8;               // AWS IoT: 7 slashes
  std::size_t max_subscriptions_of_core = 10'016;  // V1's 10,000 rows from the cloud, and the core's own notices
  std::size_t max_filter_levels_of_core = 32;
  // Bytes, estimated (accounts.h): of one certificate, and of all of its kind.
  std::size_t max_filter_memory_of_certificate = 4 * 1024 * 1024;
  std::size_t max_filter_memory = 64 * 1024 * 1024;
  std::size_t max_filter_memory_of_core = 64 * 1024 * 1024;
  std::size_t max_filter_memory_of_cores = 256 * 1024 * 1024;
  std::size_t max_client_id_bytes = 128;  // AWS IoT
  std::size_t max_cached_topics = 65'536;
  std::size_t max_cached_route_bytes = 32 * 1024 * 1024;
  RetainedLimits retained = {};
  std::size_t max_retained_waiting = 4 * 1024 * 1024;  // bytes that wait for the store
  std::size_t max_payload_bytes = kMaxMessageBytes;
  // Bytes that wait to be sent: of one connection; of a certificate's together; of all but cores'.
  std::size_t max_output_per_client = 1024 * 1024;
  std::size_t max_output_of_certificate = 8 * 1024 * 1024;
  std::size_t max_output = 64 * 1024 * 1024;
  std::uint32_t max_publish_rate = 1000;          // messages a second of one connection; not of cores and the owner
  std::size_t max_in_flight_per_client = 16'384;  // QoS 1 messages sent and not acknowledged
  std::chrono::seconds connect_deadline{10};
  std::chrono::seconds max_keep_alive{1200};
  std::chrono::milliseconds ack_delay_of_things{1};  // mqtt_io/connection.h
};

/// Counted since the start, unless said otherwise. Messages between in-process callers and clients count as well.
struct MqttServerCounters {
  std::uint64_t connections_now = 0;
  std::uint64_t subscriptions_now = 0;
  std::size_t filter_bytes = 0;            // of these, estimated
  std::size_t output_bytes = 0;            // that wait for certificates
  std::size_t route_bytes = 0;             // of remembered receivers
  std::uint64_t routes_forgotten = 0;      // times that all of these were
  std::uint64_t connections_accepted = 0;  // CONNECTs accepted
  std::uint64_t connections_refused = 0;   // by admission, at CONNECT, for want of a CONNECT, or because of a bound
  std::uint64_t connects_refused = 0;      // of those, CONNECTs that the rules did not allow
  std::uint64_t publishes_refused = 0;
  std::uint64_t subscribes_refused = 0;  // filters answered with 0x80
  std::uint64_t deliveries_refused = 0;  // to subscribers that may not receive them
  std::uint64_t rights_revoked = 0;      // connections closed, and subscriptions ended, because rights changed
  std::uint64_t publishes_slowed = 0;    // times that a client was not read because it published too fast
  std::uint64_t retained_refused = 0;    // delivered, but not kept
  std::size_t retained_bytes = 0;        // of all that is kept
  std::size_t retained_topics = 0;
  std::uint64_t retained_postponed = 0;  // PUBLISHes that waited because too much waits for the store
  std::size_t retained_waiting = 0;      // bytes that wait for the store now
  RetainedWriterCounters retained;       // of the store
  std::uint64_t protocol_errors = 0;
  std::uint64_t taken_over = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t messages_dropped = 0;         // because a reader was too slow
  std::uint64_t messages_unacknowledged = 0;  // of QoS 1, sent, when their connections ended
  std::uint64_t slow_readers_closed = 0;      // left no room for a message that must not be missed
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// A message as an in-process subscriber gets it; owned, so that it may be kept.
struct LocalMessage {
  Topic topic;
  Payload payload;
  mqtt::QoS qos = mqtt::QoS::at_most_once;
};
using LocalMessageHandler = std::function<void(const LocalMessage&)>;

/// Keeps an in-process subscription; when it goes, the handler is not called again.
class SubscriptionHandle {
 public:
  SubscriptionHandle() = default;
  explicit SubscriptionHandle(std::shared_ptr<void> keep) : keep_(std::move(keep)) {}
  void cancel() { keep_.reset(); }

 private:
  std::shared_ptr<void> keep_;
};

/// Takes what clients publish, their wills too, in place of those who have subscribed: for a server whose user decides
/// where each message goes, and has it delivered by deliver_to().
class PublishSink {
 public:
  virtual ~PublishSink() = default;
  /// On the loop. A QoS 1 message is acknowledged on return. The views are good during the call.
  virtual void take(std::string_view client_id, const Topic& topic, std::string_view payload) = 0;
};

/// What became of a message for one client.
enum class DeliveryOutcome { delivered, no_room, not_subscribed, not_connected };

class MqttServer {
 public:
  /// `rules` and `sink` must outlive the server. Without a sink messages go to those who have subscribed.
  MqttServer(asio::io_context& io, const MqttServerLimits& limits, const AccessRules& rules,
             PublishSink* sink = nullptr);
  ~MqttServer();
  MqttServer(const MqttServer&) = delete;
  MqttServer& operator=(const MqttServer&) = delete;

  /// Takes over an accepted stream. A refused one is closed, counted and logged.
  void serve(StreamPtr stream, const Admission& admission);

  /// To every subscriber that may receive it from `source`, the in-process ones included; gives their number. Nobody is
  /// asked whether it may be published.
  std::size_t publish(const Topic& topic, const Payload& payload, mqtt::QoS qos, SourceId source = SourceId::owner);

  /// To one client, if a filter that it has subscribed to matches.
  DeliveryOutcome deliver_to(std::string_view client_id, const Topic& topic, std::string_view payload, mqtt::QoS qos);

  /// What was published with RETAIN.
  RetainedMessages& retained();

  /// Begins with `messages`, and has each change written. From then on a PUBLISH with RETAIN of QoS 1 is acknowledged
  /// when its change is stored; its client is closed when it cannot be. `pool` must outlive the server.
  void keep_retained(RetainedMessages::ByTopic messages, BlockingPool& pool, WriteRetained write);

  /// What a message with RETAIN does, to be published as well; completes when it is stored. Errors: resource_exhausted
  /// when that many topics have one, or too much waits for the store; the store's, and then it is tried again.
  Task<Result<void>> retain(Topic topic, std::string payload, mqtt::QoS qos, WallTime now);

  /// Calls `handler` for each matching message, from the loop, in a later turn than the publish. The handler may call
  /// the server and may cancel any subscription.
  [[nodiscard]] SubscriptionHandle subscribe(const TopicFilter& filter, LocalMessageHandler handler);

  /// What the rules answer about the principals that `which` picks has changed: nothing remembered is used again.
  /// Their connections are closed, and their subscriptions end, where they are not allowed any more.
  void access_changed(const std::function<bool(const Principal&)>& which);

  /// Closes the connections that `which` picks (a certificate was deactivated, a thing detached); gives their number.
  std::size_t close_connections(const std::function<bool(const Principal&, std::string_view client_id)>& which,
                                const std::string& reason);

  bool is_connected(std::string_view client_id) const;
  MqttServerCounters counters() const;

  /// Closes every connection and completes when their coroutines have ended. Wills are not published.
  Task<void> stop();

 private:
  std::shared_ptr<mqtt_server::Exchange> exchange_;
};

}  // namespace fescue
