// Clients by id, take-overs, fan-out, retained messages, wills, and the server's counts and log lines.
#include "mqtt_server/exchange.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "mqtt_server/local_subscription.h"

namespace fescue::mqtt_server {

using mqtt::CloseCause;
using mqtt::QoS;

Exchange::Exchange(asio::io_context& io, const MqttServerLimits& limits, const AccessRules& rules, PublishSink* sink)
    : io_(io),
      limits_(limits),
      rules_(rules),
      sink_(sink),
      accounts_(limits),
      routes_(limits.max_cached_topics, limits.max_cached_route_bytes),
      retained_(limits.retained),
      outbox_(mqtt::Outbox::make(io)),
      tasks_(io) {}

Exchange::~Exchange() {
  for (const auto& [key, client] : clients_) client->connection().detach();
}

void Exchange::serve(StreamPtr stream, const Admission& admission) {
  Account* account = nullptr;
  std::string_view problem = !admission.accepted()                        ? std::string_view(admission.reason())
                             : clients_.size() >= limits_.max_connections ? "too many connections"
                             : stopping_                                  ? "the server is stopping"
                                                                          : "";
  if (problem.empty()) {
    account = accounts_.open(admission.principal(), rules_.kind_of(admission.principal()));
    if (account == nullptr) problem = "the certificate has too many connections";
  }
  if (!problem.empty()) {
    ++counters_.connections_refused;
    log_refusal("unknown", stream->peer().address, problem);
    stream->close();
    return;
  }
  auto client = std::make_unique<Client>(*this, admission.principal(), *account);
  Client& started = *client;
  clients_.emplace(&started, std::move(client));
  started.start(tasks_, outbox_, std::move(stream));
}

void Exchange::log_refusal(std::string_view principal, std::string_view peer, std::string_view reason) {
  if (const auto left_out = refusal_lines_.admit(steady_now())) {
    log::warn("Refused an MQTT client.",
              {{"principal", principal}, {"peer", peer}, {"reason", reason}, {"notLogged", *left_out}});
  }
}

void Exchange::log_refused_request(const Client& client, std::string_view what, std::string_view reason) {
  if (const auto left_out = request_lines_.admit(steady_now())) {
    log::warn("Refused an MQTT request.",
              {{"clientId", client.id()}, {"request", what}, {"reason", reason}, {"notLogged", *left_out}});
  }
}

void Exchange::log_refused_delivery(const AccessRequest& request) {
  if (const auto left_out = delivery_lines_.admit(steady_now())) {
    log::warn("An MQTT client does not get what it has subscribed to.", {{"clientId", request.client_id},
                                                                         {"topic", request.resource},
                                                                         {"reason", why_refused(request)},
                                                                         {"notLogged", *left_out}});
  }
}

std::size_t Exchange::publish(const Topic& topic, std::string_view payload, QoS qos, SourceId source) {
  const Route& route = *routes_.find(topic.view(), source).value();
  deliver(route, payload, qos);
  return route.targets.size();
}

void Exchange::take(const Client& client, const Route& route, std::string_view payload, QoS qos) {
  if (!sink_) return deliver(route, payload, qos);
  ++counters_.messages_in;
  sink_->take(client.id(), route.topic, payload);
}

DeliveryOutcome Exchange::deliver_to(std::string_view client_id, const Topic& topic, std::string_view payload,
                                     QoS qos) {
  const auto client = by_id_.find(client_id);
  if (client == by_id_.end()) return DeliveryOutcome::not_connected;
  const Route& route = *routes_.find(topic.view(), SourceId::owner).value();
  const Route::Target* target = route.target_of(*client->second);
  if (target == nullptr) return DeliveryOutcome::not_subscribed;
  frame_.set(topic.view(), payload);
  switch (client->second->connection().offer(frame_, std::min(qos, target->qos))) {
    case mqtt::Delivery::sent:
      return DeliveryOutcome::delivered;
    case mqtt::Delivery::dropped:
      return DeliveryOutcome::no_room;
    case mqtt::Delivery::closed:
      break;
  }
  return DeliveryOutcome::not_connected;
}

void Exchange::deliver(const Route& route, std::string_view payload, QoS qos) {
  ++counters_.messages_in;
  counters_.deliveries_refused += route.refused;
  if (route.targets.empty()) return;
  frame_.set(route.topic.view(), payload);
  const Outgoing message{route.topic, payload, frame_};
  for (const Route::Target& target : route.targets) target.receiver->receive(message, std::min(qos, target.qos));
}

void Exchange::send_retained(Client& client, std::string_view filter, QoS granted) {
  retained_.for_each_match(TopicFilter::parse(filter).value(), [&](const Topic& topic, const RetainedMessage& message) {
    if (!client.may_receive(topic, SourceId::owner)) {
      ++counters_.deliveries_refused;
      return;
    }
    frame_.set(topic.view(), message.payload, mqtt::Retain::yes);
    client.connection().offer(frame_, std::min(granted, message.qos));
  });
}

SubscriptionHandle Exchange::subscribe(const TopicFilter& filter, LocalMessageHandler handler) {
  return SubscriptionHandle(std::make_shared<LocalSubscription>(shared_from_this(), filter, std::move(handler)));
}

void Exchange::enter(Client& client) {
  const auto holder = by_id_.find(client.id());
  if (holder != by_id_.end()) {
    Client& earlier = *holder->second;
    ++counters_.taken_over;
    forget_id(earlier);
    earlier.connection().close(CloseCause::taken_over, "the same client id connected again");
  }
  by_id_.emplace(client.id(), &client);
  ++counters_.connections_accepted;
}

void Exchange::forget_id(Client& client) {
  client.drop_subscriptions();
  const auto found = by_id_.find(client.id());
  if (found != by_id_.end() && found->second == &client) by_id_.erase(found);
}

void Exchange::leave(Client& client, const mqtt::CloseReason& reason) {
  log_end(client, reason);
  forget_id(client);
  count_end(client, reason);
  if (!client.id().empty() && !stopping_) publish_will(client);
  awaiting_store_.erase(&client);
  std::erase(postponed_, &client);
  accounts_.close(client.principal());
  clients_.erase(&client);
}

void Exchange::count_end(const Client& client, const mqtt::CloseReason& reason) {
  const mqtt::Traffic& traffic = client.connection().traffic();
  counters_.bytes_in += traffic.bytes_in;
  counters_.bytes_out += traffic.bytes_out;
  counters_.messages_out += traffic.messages_out;
  counters_.messages_dropped += traffic.messages_dropped;
  counters_.publishes_slowed += client.connection().pauses();
  counters_.messages_unacknowledged += client.connection().in_flight();
  if (reason.cause == CloseCause::protocol_error) ++counters_.protocol_errors;
  if (reason.cause == CloseCause::slow_reader) ++counters_.slow_readers_closed;
  const bool never_came_in = reason.cause == CloseCause::refused || reason.cause == CloseCause::timed_out;
  if (never_came_in && client.id().empty()) ++counters_.connections_refused;
}

/// What the client did wrong is said, a line in a second at most; the rest is for those who look closely.
void Exchange::log_end(const Client& client, const mqtt::CloseReason& reason) {
  const bool is_fault = reason.cause == CloseCause::protocol_error || reason.cause == CloseCause::slow_reader ||
                        (reason.cause == CloseCause::refused && !client.id().empty());
  const auto left_out = is_fault ? fault_lines_.admit(steady_now()) : std::optional<std::uint64_t>(0);
  if (!left_out) return;
  log::write(is_fault ? log::Level::warn : log::Level::debug, "MQTT connection ended.",
             {{"clientId", client.id()},
              {"principal", client.principal().name},
              {"peer", client.connection().peer().address},
              {"cause", mqtt::name_of(reason.cause)},
              {"reason", reason.text},
              {"notLogged", *left_out}});
}

void Exchange::publish_will(const Client& client) {
  const auto& will = client.connection().will();
  if (!will) return;
  const auto topic = Topic::parse(will->topic);
  if (!topic || !client.may_publish(will->topic, will->retain)) {
    ++counters_.publishes_refused;
    log_refused_request(client, "will", fmt::format("not allowed to publish to \"{}\"", will->topic));
    return;
  }
  if (will->retain == mqtt::Retain::yes) retain(client, *topic, will->payload, will->qos);
  take(client, *routes_.find(will->topic, client.principal().source).value(), will->payload, will->qos);
}

std::size_t Exchange::close_connections(const std::function<bool(const Principal&, std::string_view)>& which,
                                        const std::string& reason) {
  std::size_t closed = 0;
  for (const auto& [key, client] : clients_) {
    if (!which(client->principal(), client->id())) continue;
    client->connection().close(CloseCause::refused, reason);
    ++closed;
  }
  return closed;
}

void Exchange::access_changed(const std::function<bool(const Principal&)>& which) {
  for (const auto& [key, client] : clients_) {
    if (!which(client->principal())) continue;
    routes_.invalidate();
    client->recheck();
  }
}

MqttServerCounters Exchange::counters() const {
  MqttServerCounters sum = counters_;
  sum.connections_now = by_id_.size();
  sum.subscriptions_now = routes_.subscriptions();
  sum.filter_bytes = accounts_.filter_bytes();
  sum.output_bytes = accounts_.output_bytes();
  sum.route_bytes = routes_.cached_bytes();
  sum.routes_forgotten = routes_.forgotten();
  sum.retained_topics = retained_.all().size();
  sum.retained_bytes = retained_.bytes();
  for (const auto& [key, client] : clients_) {
    const mqtt::Traffic& traffic = client->connection().traffic();
    sum.bytes_in += traffic.bytes_in;
    sum.bytes_out += traffic.bytes_out;
    sum.messages_out += traffic.messages_out;
    sum.messages_dropped += traffic.messages_dropped;
    sum.publishes_slowed += client->connection().pauses();
  }
  if (retained_writer_) {
    sum.retained = retained_writer_->counters();
    sum.retained_waiting = retained_writer_->waiting_bytes();
  }
  return sum;
}

Task<void> Exchange::stop() {
  stopping_ = true;
  tasks_.stop();
  co_await tasks_.join();
  if (retained_writer_) co_await retained_writer_->stop();
}

}  // namespace fescue::mqtt_server
