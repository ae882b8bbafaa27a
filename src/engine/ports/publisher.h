// Port: a message was published. Implemented by the dispatcher; called by every edge that messages come in by.
#pragma once

#include "base/result.h"
#include "model/message.h"

namespace fescue {

class Publisher {
 public:
  virtual ~Publisher() = default;

  /// Routes the message to every target that a subscription row allows. A message that no row matches is dropped
  /// without error, as on V1. Errors, with which nobody got it: resource_exhausted, only for all_or_error;
  /// permission_denied for a function's or device's message on a reserved topic (model/reserved_topics.h).
  virtual Result<void> publish(Message message, QueueFullPolicy policy) = 0;
};

}  // namespace fescue
