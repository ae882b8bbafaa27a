// LocalSubscription: a subscription of the control plane's own code. Its handler runs in a later turn of the loop, so
// it may call the broker and cancel anything.
#pragma once

#include <memory>

#include "cloud/broker/broker.h"
#include "cloud/broker/receivers.h"

namespace fescue::cloud {

class LocalSubscription final : public Receiver, public std::enable_shared_from_this<LocalSubscription> {
 public:
  LocalSubscription(const std::shared_ptr<Exchange>& exchange, const TopicFilter& filter, MessageHandler handler);
  ~LocalSubscription() override;

  bool may_receive(const Topic&) const override { return true; }
  void receive(const Outgoing& message, mqtt::QoS qos) override;

 private:
  std::weak_ptr<Exchange> exchange_;
  asio::io_context& io_;
  TopicFilter filter_;
  MessageHandler handler_;
};

}  // namespace fescue::cloud
