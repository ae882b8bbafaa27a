// The course of the core's connection to its control plane: dial, greet, subscribe, bring what waits, and dial again.
#include "uplink/uplink.h"

#include <algorithm>
#include <span>

#include "base/log.h"
#include "base/random.h"
#include "model/reserved_topics.h"
#include "sys/net/connect.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kDialTimeout{15000};
constexpr std::chrono::minutes kLongLife{10};  // after which a core that is cut off has nothing to do with the last one
constexpr std::chrono::seconds kStable{10};    // a connection that lasted this long counts as a success
constexpr std::size_t kOwnBytes = 256 * 1024;
constexpr std::size_t kOwnWindow = 4;

/// What a token of the connection is about: its lowest bits; the rest is the id in its own queue.
enum TokenKind : mqtt::Token { kHello, kOwnFilters, kOwn, kMessage, kFilters };
constexpr mqtt::Token kKindBits = 3;
mqtt::Token make_token(TokenKind kind, std::uint64_t id) { return (id << kKindBits) | kind; }
TokenKind kind_of(mqtt::Token token) { return static_cast<TokenKind>(token & ((1U << kKindBits) - 1)); }
std::uint64_t id_of(mqtt::Token token) { return token >> kKindBits; }

}  // namespace

UplinkOptions uplink_options(const CoreConfig& config, std::string version, std::string instance) {
  UplinkOptions options;
  options.address = config.iot_mqtt;
  options.core = config.thing_arn.thing_name();
  options.client_id = config.client_id;
  options.version = std::move(version);
  options.instance = std::move(instance);
  options.keep_alive = config.keep_alive;
  options.operation_timeout = config.mqtt_operation_timeout;
  options.max_reconnect_interval = config.max_reconnect_interval;
  return options;
}

Uplink::Uplink(asio::io_context& io, UplinkOptions options, std::shared_ptr<TlsContext> tls, Publisher& publisher)
    : io_(io),
      options_(std::move(options)),
      tls_(std::move(tls)),
      publisher_(publisher),
      tasks_(io),
      outbox_(mqtt::Outbox::make(io)),
      closed_(io),
      backoff_(options_.first_reconnect_interval, options_.max_reconnect_interval),
      own_(kOwnBytes, kOwnWindow),
      messages_(options_.queue_bytes, options_.window) {}

Uplink::~Uplink() {
  if (connection_) connection_->detach();
}

void Uplink::start() { tasks_.spawn("uplink", keep_connected()); }

Task<void> Uplink::stop() {
  stopping_ = true;
  if (connection_) {
    connection_->disconnect();
    co_await closed_.wait();
  }
  tasks_.stop();
  co_await tasks_.join();
}

// ---- the connection

Task<void> Uplink::keep_connected() {
  asio::steady_timer pause(io_);
  while (!stopping_) {
    auto stream = co_await dial();
    if (stream) {
      co_await serve(std::move(*stream));
    } else {
      note_failure(stream.error().message());
    }
    if (stopping_) co_return;
    pause.expires_after(backoff_.next(random_u64()));
    co_await pause.async_wait(use_result);
  }
}

Task<Result<StreamPtr>> Uplink::dial() {
  if (tls_) return connect_tls(options_.address.host, options_.address.port, tls_, kDialTimeout);
  return connect_tcp(options_.address.host, options_.address.port, kDialTimeout);
}

/// Until the connection has ended.
Task<void> Uplink::serve(StreamPtr stream) {
  mqtt::ClientConnectionOptions options;
  options.session.client_id = options_.client_id;
  options.session.keep_alive = options_.keep_alive;
  options.session.operation_timeout = options_.operation_timeout;
  options.session.max_in_flight = options_.window + kOwnWindow + SubscriptionSync::kMaxRequests + 2;
  connection_ = mqtt::ClientConnection::start(tasks_, outbox_, std::move(stream), *this, options);
  while (connection_) co_await closed_.wait();
}

void Uplink::on_closed(const mqtt::CloseReason& reason) {
  const bool hung_up = reason.cause == mqtt::CloseCause::peer_closed && connected_;
  const bool stable = connected_ && steady_now() - connected_at_ >= kStable;
  // A message may be why: whoever waits for it to be found out should not wait long.
  if (stable || (hung_up && messages_.in_flight() + own_.in_flight() > 0)) backoff_.reset();
  if (hung_up) note_short_life();
  const std::string text = reason.text.empty() ? std::string(name_of(reason.cause)) : reason.text;
  if (!stopping_) note_failure(text);
  connected_ = greeted_ = false;
  connection_.reset();
  const auto loss = hung_up ? MessageQueue::Loss::hung_up : MessageQueue::Loss::other;
  if (const auto given_up = own_.connection_lost(loss)) {
    log::error("Gave up a message of the core that the control plane would not take.",
               {{"topic", given_up->topic.view()}});
  }
  if (const auto given_up = messages_.connection_lost(loss)) set_aside(*given_up);
  subscriptions_.connection_lost();
  closed_.wake();
}

/// A control plane that ends one connection after the other, and not because of a message, has another core on them.
void Uplink::note_short_life() {
  if (steady_now() - connected_at_ >= kLongLife) short_lives_ = 0;
  if (!greeted_ || messages_.in_flight() + own_.in_flight() > 0) return;
  if (++short_lives_ == kSuspiciousLives) log::error(kTwinRemark, {{"thing", options_.core.view()}});
}

/// With all that wait and would end the same way.
void Uplink::set_aside(const MessageQueue::Item& item) {
  const SteadyTime now = steady_now();
  refused_topics_.refuse(item.source, item.topic, now);
  const auto alike = [&](const MessageQueue::Item& other) {
    return refused_topics_.refuses(other.source, other.topic, now);
  };
  note_refused(item.source, item.topic, "the cloud closes the connection on it", 1 + messages_.remove_waiting(alike));
}

void Uplink::note_refused(const Endpoint& source, const Topic& topic, std::string_view why, std::uint64_t count) {
  counts_.messages_refused += count;
  if (const auto left_out = refused_lines_.admit(steady_now())) {
    log::error("Set aside messages for the cloud.", {{"source", source.str()},
                                                     {"topic", topic.str()},
                                                     {"errorString", why},
                                                     {"messages", count},
                                                     {"notLogged", *left_out}});
  }
}

/// Once for each change: a connection that goes, or a reason that is new.
void Uplink::note_failure(const std::string& why) {
  const log::Level level = connected_ || why != last_failure_ ? log::Level::warn : log::Level::debug;
  log::write(level, connected_ ? "Lost the connection to the control plane." : "No connection to the control plane.",
             {{"endpoint", options_.address.str()}, {"errorString", why}});
  last_failure_ = why;
}

/// Once for each time without a connection; then how many.
void Uplink::note_overflow(std::uint64_t dropped_before) {
  if (messages_.dropped() == dropped_before || std::exchange(overflowed_, true)) return;
  log::warn("The queue for the control plane is full: its oldest messages are dropped. More like it are only counted.",
            {{"bytes", messages_.bytes()}, {"messages", messages_.size()}});
}

void Uplink::note_own_overflow(std::uint64_t dropped_before, const Topic& topic) {
  if (own_.dropped() == dropped_before) return;
  if (const auto left_out = own_lines_.admit(steady_now())) {
    log::warn("The core's own queue for the control plane is full: its oldest entries are dropped.",
              {{"newest", topic.str()}, {"bytes", own_.bytes()}, {"notLogged", *left_out}});
  }
}

// ---- what is said

void Uplink::on_connected(const mqtt::Connected&) {
  connected_ = true;
  connected_at_ = steady_now();
  ++counts_.connections;
  last_failure_.clear();
  log::info("Connected to the control plane.",
            {{"endpoint", options_.address.str()}, {"clientId", options_.client_id}});
  if (std::exchange(overflowed_, false)) {
    log::warn("Messages for the control plane were dropped for want of room.", {{"total", messages_.dropped()}});
  }
  greet();
  send_all();
}

/// The answer to the hello may be a notice, so the subscriptions come first.
void Uplink::greet() {
  CoreHello hello{options_.version, options_.instance, {}};
  for (const auto& contribute : hello_contributions_) contribute(hello);
  auto sent = subscribe_own();
  if (sent) {
    sent = connection_->publish(hello_topic(options_.core), to_json(hello), mqtt::QoS::at_least_once,
                                make_token(kHello, 0));
  }
  if (!sent) connection_->close(mqtt::CloseCause::stopping, sent.error().message());
}

Result<void> Uplink::subscribe_own() {
  std::vector<mqtt::RequestedFilter> filters;
  for (const auto& [filter, handler] : handlers_) filters.push_back({filter.view(), mqtt::QoS::at_least_once});
  for (std::size_t first = 0; first < filters.size(); first += SubscriptionSync::kFiltersPerRequest) {
    const std::size_t count = std::min(SubscriptionSync::kFiltersPerRequest, filters.size() - first);
    FESCUE_CHECK(connection_->subscribe(std::span(filters).subspan(first, count), make_token(kOwnFilters, first)));
  }
  return ok();
}

void Uplink::send_all() {
  if (!connected_) return;
  send_subscriptions();
  if (!greeted_) return;  // a hello that is refused must not be mistaken for a message that is
  send_messages(own_, kOwn);
  send_messages(messages_, kMessage);
}

void Uplink::send_messages(MessageQueue& queue, mqtt::Token kind) {
  while (const MessageQueue::Item* item = queue.next()) {
    if (!connection_->can_publish(item->topic.view().size() + item->payload.size())) return;
    const auto sent = connection_->publish(item->topic.view(), item->payload.view(), mqtt::QoS::at_least_once,
                                           make_token(static_cast<TokenKind>(kind), item->id));
    if (!sent) return;  // the next answer makes room
    queue.mark_sent();
  }
}

void Uplink::send_subscriptions() {
  while (const auto request = subscriptions_.next_request()) {
    const mqtt::Token token = make_token(kFilters, request->id);
    Result<void> sent = ok();
    if (request->verb == SubscriptionSync::Verb::subscribe) {
      std::vector<mqtt::RequestedFilter> filters;
      for (const TopicFilter& filter : request->filters) filters.push_back({filter.view(), mqtt::QoS::at_most_once});
      sent = connection_->subscribe(filters, token);
    } else {
      std::vector<std::string_view> filters;
      for (const TopicFilter& filter : request->filters) filters.push_back(filter.view());
      sent = connection_->unsubscribe(filters, token);
    }
    if (!sent) connection_->close(mqtt::CloseCause::stopping, sent.error().message());
  }
}

void Uplink::on_published(mqtt::Token token) {
  if (kind_of(token) == kHello) greeted_ = true;
  if (kind_of(token) == kOwn) own_.acknowledge(id_of(token));
  if (kind_of(token) == kMessage) {
    if (const auto taken = messages_.acknowledge(id_of(token))) refused_topics_.accept(taken->topic);
    ++counts_.messages_sent;
  }
  send_all();
}

void Uplink::on_subscribed(mqtt::Token token, std::span<const mqtt::SubscribeCode> codes) {
  if (kind_of(token) == kOwnFilters) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] != mqtt::SubscribeCode::refused) continue;
      log::error("The control plane refuses a subscription of this core.",
                 {{"topicFilter", handlers_.at(id_of(token) + i).first.view()}});
    }
  } else {
    const std::vector<TopicFilter> filters = subscriptions_.answered(id_of(token));
    for (std::size_t i = 0; i < std::min(filters.size(), codes.size()); ++i) {
      if (codes[i] != mqtt::SubscribeCode::refused) continue;
      log::error("The control plane refuses a subscription of the group.", {{"topicFilter", filters[i].view()}});
    }
  }
  send_all();
}

void Uplink::on_unsubscribed(mqtt::Token token) {
  subscriptions_.answered(id_of(token));
  send_all();
}

// ---- what is heard

void Uplink::on_message(const mqtt::Publish& message) {
  auto topic = Topic::parse(message.topic);
  for (const auto& [filter, handler] : handlers_) {
    if (!topic || !mqtt_matches(filter, *topic)) continue;
    const auto taken = handler(*topic, message.payload);
    if (!taken) drop_malformed(topic->view(), taken.error());
    return;
  }
  ++counts_.messages_received;
  if (!topic) return drop_malformed("message", topic.error());
  Message heard{Endpoint::cloud(), std::move(*topic), Payload(std::string(message.payload))};
  // Best effort cannot fail: the dispatcher counts what it drops.
  static_cast<void>(publisher_.publish(std::move(heard), QueueFullPolicy::best_effort));
}

void Uplink::drop_malformed(std::string_view what, const Error& why) {
  ++counts_.messages_malformed;
  if (const auto left_out = malformed_lines_.admit(steady_now())) {
    log::error("Dropped something malformed from the control plane.",
               {{"what", what}, {"errorString", why.message()}, {"notLogged", *left_out}});
  }
}

// ---- ports

void Uplink::publish(const Topic& topic, Payload payload) {
  const std::uint64_t dropped = own_.dropped();
  own_.push(topic, std::move(payload));
  note_own_overflow(dropped, topic);
  send_all();
}

void Uplink::subscribe(const TopicFilter& filter, Handler handler) {
  FESCUE_ASSERT(!connection_);
  handlers_.emplace_back(filter, std::move(handler));
}

void Uplink::add_to_hello(std::function<void(CoreHello& hello)> contribution) {
  hello_contributions_.push_back(std::move(contribution));
}

void Uplink::set_subscriptions(std::vector<TopicFilter> filters) {
  subscriptions_.want(std::move(filters));
  send_all();
}

bool Uplink::has_room(const Endpoint&, const Message& message) const {
  return messages_.has_room(message.payload.size());
}

void Uplink::deliver(const Endpoint&, const Message& message) {
  if (const auto open = check_cloud_topic(message.topic.view()); !open) {
    return note_refused(message.source, message.topic, open.error().message());
  }
  if (refused_topics_.refuses(message.source, message.topic, steady_now())) {
    return note_refused(message.source, message.topic,
                        "the cloud closed the connection on it, or on others of this source");
  }
  const std::uint64_t dropped = messages_.dropped();
  messages_.push(message.topic, message.payload, message.source);
  note_overflow(dropped);
  send_all();
}

}  // namespace fescue
