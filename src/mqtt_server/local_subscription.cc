// Queueing messages for the handler's own turn of the loop.
#include "mqtt_server/local_subscription.h"

#include "mqtt_server/exchange.h"

namespace fescue::mqtt_server {

LocalSubscription::LocalSubscription(const std::shared_ptr<Exchange>& exchange, const TopicFilter& filter,
                                     LocalMessageHandler handler)
    : exchange_(exchange), io_(exchange->io()), filter_(filter), handler_(std::move(handler)) {
  exchange->routes().subscribe(filter_.view(), *this, mqtt::QoS::at_least_once);
}

LocalSubscription::~LocalSubscription() {
  if (const auto exchange = exchange_.lock()) exchange->routes().unsubscribe(filter_.view(), *this);
}

void LocalSubscription::receive(const Outgoing& message, mqtt::QoS qos) {
  LocalMessage owned{message.topic, Payload(std::string(message.payload)), qos};
  asio::post(io_, [weak = weak_from_this(), owned = std::move(owned)] {
    if (const auto self = weak.lock()) self->handler_(owned);
  });
  if (const auto exchange = exchange_.lock()) ++exchange->count().messages_out;
}

}  // namespace fescue::mqtt_server
