// Port: one kind of receiver of routed messages (functions, the cloud, devices, the shadow service).
#pragma once

#include "model/message.h"

namespace fescue {

class MessageTarget {
 public:
  virtual ~MessageTarget() = default;

  /// Whether deliver() would keep the message now. Asked of every target before any is given the message.
  virtual bool has_room(const Endpoint& target, const Message& message) const = 0;

  /// Takes the message; without room it is dropped and counted by the target.
  virtual void deliver(const Endpoint& target, const Message& message) = 0;
};

}  // namespace fescue
