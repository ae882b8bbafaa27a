// LocalSubscription: a subscription of the code around the server. Its handler runs in a later turn of the loop, so
// it may call the server and cancel anything.
#pragma once

#include <memory>

#include "mqtt_server/mqtt_server.h"
#include "mqtt_server/receivers.h"

namespace fescue::mqtt_server {

class LocalSubscription final : public Receiver, public std::enable_shared_from_this<LocalSubscription> {
 public:
  LocalSubscription(const std::shared_ptr<Exchange>& exchange, const TopicFilter& filter, LocalMessageHandler handler);
  ~LocalSubscription() override;

  bool may_receive(const Topic&, SourceId) const override { return true; }
  void receive(const Outgoing& message, mqtt::QoS qos) override;

 private:
  std::weak_ptr<Exchange> exchange_;
  asio::io_context& io_;
  TopicFilter filter_;
  LocalMessageHandler handler_;
};

}  // namespace fescue::mqtt_server
