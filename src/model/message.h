// A Message is something published: who said it, on which topic, and the bytes.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "model/endpoint.h"
#include "model/limits.h"
#include "model/topic.h"

namespace fescue {

struct Message {
  Endpoint source;
  Topic topic;
  Payload payload;
};

/// What a publisher wants when a target's queue is full (SDK: queueFullPolicy; docs/compatibility/local-api.md#router).
enum class QueueFullPolicy {
  best_effort,   // the others get it, no error
  all_or_error,  // nobody gets it, resource_exhausted
};

}  // namespace fescue
