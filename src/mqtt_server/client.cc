// The server's rules, packet by packet: CONNECT, PUBLISH, SUBSCRIBE, and what an end leaves.
#include "mqtt_server/client.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "mqtt/text.h"
#include "mqtt_server/exchange.h"

namespace fescue::mqtt_server {

using mqtt::CloseCause;
using mqtt::ConnectCode;
using mqtt::QoS;
using mqtt::SubscribeCode;

void Client::start(TaskGroup& tasks, std::shared_ptr<mqtt::Outbox> outbox, StreamPtr stream) {
  const MqttServerLimits& limits = exchange_.limits();
  const mqtt::ServerOptions options{
      .session = {.connect_deadline = limits.connect_deadline,
                  .max_keep_alive = limits.max_keep_alive,
                  .max_in_flight = limits.max_in_flight_per_client,
                  .max_publish_rate = publish_rate()},
      .connection = {.max_output = limits.max_output_per_client,
                     .shared_output = account_.output,
                     .ack_delay =
                         principal_.things.empty() ? std::chrono::milliseconds(0) : limits.ack_delay_of_things},
  };
  connection_ = mqtt::ServerConnection::start(tasks, std::move(outbox), std::move(stream), *this, options);
}

std::uint32_t Client::publish_rate() const {
  return account_.kind == ClientKind::device ? exchange_.limits().max_publish_rate : 0;
}

ConnectCode Client::refuse(ConnectCode code, std::string_view why) {
  exchange_.log_refusal(principal_.name, connection_->peer().address, why);
  return code;
}

ConnectCode Client::on_connect(mqtt::ServerConnection&, const mqtt::Connect& connect) {
  if (connect.client_id.size() > exchange_.limits().max_client_id_bytes) {
    return refuse(ConnectCode::identifier_rejected, "the client id is too long");
  }
  const std::string id = connect.client_id.empty() ? "auto-" + random_alphanumeric(20) : std::string(connect.client_id);
  const AccessRequest wish{principal_, Action::connect, id, id};
  if (!exchange_.allowed(wish)) {
    ++exchange_.count().connects_refused;
    return refuse(ConnectCode::not_authorized,
                  fmt::format("not allowed to connect as \"{}\": {}", id, exchange_.why_refused(wish)));
  }
  // What begins with `$` is the system's: what can never be published is refused at once.
  if (connect.will && connect.will->topic.starts_with('$') &&
      !exchange_.allowed({principal_, Action::publish, id, connect.will->topic})) {
    return refuse(ConnectCode::not_authorized,
                  fmt::format("not allowed to leave a will on \"{}\"", connect.will->topic));
  }
  id_ = id;
  exchange_.enter(*this);
  log::debug("MQTT client connected.", {{"clientId", id_}, {"principal", principal_.name}});
  return ConnectCode::accepted;
}

bool Client::may_publish(std::string_view topic, mqtt::Retain retain) const {
  return exchange_.allowed(request(Action::publish, topic)) &&
         (retain == mqtt::Retain::no || exchange_.allowed(request(Action::retain, topic)));
}

void Client::refuse_publish(Action action, std::string_view topic) {
  ++exchange_.count().publishes_refused;
  connection_->close(CloseCause::refused, fmt::format("not allowed to {} to \"{}\": {}",
                                                      action == Action::retain ? "publish with RETAIN" : "publish",
                                                      topic, exchange_.why_refused(request(action, topic))));
}

const Route* Client::route_to_publish(std::string_view topic) {
  if (last_generation_ == exchange_.routes().generation() && last_route_->topic.view() == topic) return last_route_;
  const auto found = exchange_.routes().find(topic, principal_.source);
  if (!found) {
    connection_->close(CloseCause::protocol_error, found.error().message());
    return nullptr;
  }
  if (!exchange_.allowed(request(Action::publish, topic))) {
    refuse_publish(Action::publish, topic);
    return nullptr;
  }
  last_route_ = *found;
  last_generation_ = exchange_.routes().generation();
  return last_route_;
}

void Client::on_publish(mqtt::ServerConnection&, const mqtt::Publish& publish) {
  const std::size_t most = exchange_.limits().max_payload_bytes;
  if (publish.payload.size() > most) {
    connection_->close(CloseCause::protocol_error,
                       fmt::format("a payload of {} bytes is over the limit of {}", publish.payload.size(), most));
    return;
  }
  const Route* route = route_to_publish(publish.topic);
  if (!route) return;
  if (publish.retain == mqtt::Retain::yes) {
    if (!exchange_.allowed(request(Action::retain, publish.topic)))
      return refuse_publish(Action::retain, publish.topic);
    if (!exchange_.has_room_to_retain(*this, publish.topic.size() + publish.payload.size())) {
      return connection_->postpone(publish);
    }
    const StoreTicket ticket = exchange_.retain(*this, route->topic, publish.payload, publish.qos);
    if (ticket != 0 && publish.qos != QoS::at_most_once) {
      connection_->hold_acknowledgement(ticket);
      exchange_.await_store(*this);
    }
  }
  exchange_.take(*this, *route, publish.payload, publish.qos);
}

std::vector<SubscribeCode> Client::on_subscribe(mqtt::ServerConnection&, const mqtt::Subscribe& subscribe) {
  std::vector<SubscribeCode> codes;
  codes.reserve(subscribe.subscriptions.size());
  for (const mqtt::RequestedFilter& wanted : subscribe.subscriptions) codes.push_back(subscribe_to(wanted));
  return codes;
}

std::string Client::check_bounds(std::string_view filter, bool is_new) const {
  const MqttServerLimits& limits = exchange_.limits();
  const bool is_core = account_.kind == ClientKind::core;
  const std::size_t levels = is_core ? limits.max_filter_levels_of_core : limits.max_filter_levels;
  const std::size_t count = is_core ? limits.max_subscriptions_of_core : limits.max_subscriptions_per_client;
  if (filter.size() > kMaxTopicBytes || mqtt::count_levels(filter) > levels) return "the filter is too long";
  if (!is_new) return "";
  if (filters_.size() >= count) return "the client has too many subscriptions";
  if (!account_.filters->has_room(memory_of_filter(filter))) return "the certificate's filters take too much memory";
  return "";
}

SubscribeCode Client::subscribe_to(const mqtt::RequestedFilter& wanted) {
  const bool is_new = !filters_.contains(wanted.filter);
  std::string problem = check_bounds(wanted.filter, is_new);
  if (problem.empty()) {
    const AccessRequest wish = request(Action::subscribe, wanted.filter);
    if (!exchange_.allowed(wish)) problem = exchange_.why_refused(wish);
  }
  if (!problem.empty()) {
    ++exchange_.count().subscribes_refused;
    exchange_.log_refused_request(*this, fmt::format("SUBSCRIBE {}", wanted.filter.substr(0, kMaxTopicBytes)), problem);
    return SubscribeCode::refused;
  }
  const QoS granted = std::min(wanted.qos, QoS::at_least_once);
  if (is_new) {
    filters_.emplace(wanted.filter);
    account_.filters->take(memory_of_filter(wanted.filter));
  }
  exchange_.routes().subscribe(wanted.filter, *this, granted);
  return static_cast<SubscribeCode>(granted);
}

/// All but the filter's place in filters_.
void Client::end_subscription(std::string_view filter) {
  exchange_.routes().unsubscribe(filter, *this);
  account_.filters->give_back(memory_of_filter(filter));
}

void Client::on_subscribed(mqtt::ServerConnection&, const mqtt::Subscribe& subscribe) {
  for (const mqtt::RequestedFilter& wanted : subscribe.subscriptions) {
    if (filters_.contains(wanted.filter)) exchange_.send_retained(*this, wanted.filter, wanted.qos);
  }
}

void Client::on_unsubscribe(mqtt::ServerConnection&, const mqtt::Unsubscribe& unsubscribe) {
  for (const std::string_view filter : unsubscribe.filters) {
    const auto found = filters_.find(filter);
    if (found == filters_.end()) continue;
    end_subscription(filter);
    filters_.erase(found);
  }
}

void Client::drop_subscriptions() {
  for (const std::string& filter : filters_) end_subscription(filter);
  filters_.clear();
}

void Client::recheck() {
  if (principal_.rights) principal_.rights->renew();
  exchange_.renew_kind(account_, principal_);
  connection_->set_publish_rate(publish_rate());
  if (id_.empty()) return;  // it has not said who it is
  if (const AccessRequest wish = request(Action::connect, id_); !exchange_.allowed(wish)) {
    ++exchange_.count().rights_revoked;
    connection_->close(CloseCause::refused, "not allowed to connect any more: " + exchange_.why_refused(wish));
    return;
  }
  std::erase_if(filters_, [this](const std::string& filter) {
    const AccessRequest wish = request(Action::subscribe, filter);
    if (exchange_.allowed(wish)) return false;
    ++exchange_.count().rights_revoked;
    exchange_.log_refused_request(*this, "subscription " + filter, exchange_.why_refused(wish));
    end_subscription(filter);
    return true;
  });
}

void Client::on_closed(mqtt::ServerConnection&, const mqtt::CloseReason& reason) { exchange_.leave(*this, reason); }

bool Client::may_receive(const Topic& topic, SourceId source) const {
  const AccessRequest wish{
      .who = principal_, .action = Action::receive, .client_id = id_, .resource = topic.view(), .from = source};
  if (exchange_.allowed(wish)) return true;
  exchange_.log_refused_delivery(wish);
  return false;
}

void Client::receive(const Outgoing& message, QoS qos) {
  if (exchange_.must_not_be_missed(message.topic)) {
    connection_->deliver(message.frame, qos);
  } else {
    connection_->offer(message.frame, qos);
  }
}

}  // namespace fescue::mqtt_server
