// The public face, each call handed to the Exchange.
#include "cloud/broker/broker.h"

#include "cloud/broker/exchange.h"

namespace fescue::cloud {

MessageBroker::MessageBroker(asio::io_context& io, const BrokerLimits& limits, Authorise authorise)
    : exchange_(std::make_shared<Exchange>(io, limits, std::move(authorise))) {}

MessageBroker::~MessageBroker() = default;

void MessageBroker::serve(StreamPtr stream, const Admission& admission) {
  exchange_->serve(std::move(stream), admission);
}

std::size_t MessageBroker::publish(const Topic& topic, const Payload& payload, mqtt::QoS qos) {
  return exchange_->publish(topic, payload.view(), qos);
}

RetainedMessages& MessageBroker::retained() { return exchange_->retained(); }

BrokerSubscription MessageBroker::subscribe(const TopicFilter& filter, MessageHandler handler) {
  return exchange_->subscribe(filter, std::move(handler));
}

void MessageBroker::authorisation_changed() { exchange_->routes().invalidate(); }

std::size_t MessageBroker::close_connections(
    const std::function<bool(const Principal&, std::string_view client_id)>& which, const std::string& reason) {
  return exchange_->close_connections(which, reason);
}

bool MessageBroker::is_connected(std::string_view client_id) const { return exchange_->is_connected(client_id); }

BrokerCounters MessageBroker::counters() const { return exchange_->counters(); }

Task<void> MessageBroker::stop() { return exchange_->stop(); }

}  // namespace fescue::cloud
