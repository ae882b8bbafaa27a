// The public face, each call handed to the Exchange.
#include "mqtt_server/mqtt_server.h"

#include "mqtt_server/exchange.h"

namespace fescue {

MqttServer::MqttServer(asio::io_context& io, const MqttServerLimits& limits, const AccessRules& rules,
                       PublishSink* sink)
    : exchange_(std::make_shared<mqtt_server::Exchange>(io, limits, rules, sink)) {}

MqttServer::~MqttServer() = default;

void MqttServer::serve(StreamPtr stream, const Admission& admission) { exchange_->serve(std::move(stream), admission); }

std::size_t MqttServer::publish(const Topic& topic, const Payload& payload, mqtt::QoS qos, SourceId source) {
  return exchange_->publish(topic, payload.view(), qos, source);
}

DeliveryOutcome MqttServer::deliver_to(std::string_view client_id, const Topic& topic, std::string_view payload,
                                       mqtt::QoS qos) {
  return exchange_->deliver_to(client_id, topic, payload, qos);
}

RetainedMessages& MqttServer::retained() { return exchange_->retained(); }

void MqttServer::keep_retained(RetainedMessages::ByTopic messages, BlockingPool& pool, WriteRetained write) {
  exchange_->keep_retained(std::move(messages), pool, std::move(write));
}

Task<Result<void>> MqttServer::retain(Topic topic, std::string payload, mqtt::QoS qos, WallTime now) {
  return exchange_->retain(std::move(topic), std::move(payload), qos, now);
}

SubscriptionHandle MqttServer::subscribe(const TopicFilter& filter, LocalMessageHandler handler) {
  return exchange_->subscribe(filter, std::move(handler));
}

void MqttServer::access_changed(const std::function<bool(const Principal&)>& which) {
  exchange_->access_changed(which);
}

std::size_t MqttServer::close_connections(
    const std::function<bool(const Principal&, std::string_view client_id)>& which, const std::string& reason) {
  return exchange_->close_connections(which, reason);
}

bool MqttServer::is_connected(std::string_view client_id) const { return exchange_->is_connected(client_id); }

MqttServerCounters MqttServer::counters() const { return exchange_->counters(); }

Task<void> MqttServer::stop() { return exchange_->stop(); }

}  // namespace fescue
