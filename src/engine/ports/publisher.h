// Port: "someone said this". Implemented by the dispatcher; called by every edge that messages come in by.
#pragma once

#include "base/result.h"
#include "model/message.h"

namespace fescue {

class Publisher {
 public:
  virtual ~Publisher() = default;

  /// Routes the message to every target that a subscription row allows. A message that no row matches is dropped
  /// without error, as on V1. Error: resource_exhausted, only for all_or_error, and then nobody got it.
  virtual Result<void> publish(Message message, QueueFullPolicy policy) = 0;
};

}  // namespace fescue
