// Pure: what a post to the router asks for, from its client context (docs/compatibility/local-api.md#router). The
// sender named in there (`custom.source`) is ignored: the source is who the token says.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/message.h"
#include "model/topic.h"

namespace fescue {

struct PublishOrder {
  Topic topic;
  QueueFullPolicy policy = QueueFullPolicy::best_effort;
};

/// `context` is base64 of {"custom":{"subject":TOPIC[,"queueFullPolicy":""|"BestEffort"|"AllOrError"]}}. Error:
/// invalid_argument that says what is missing or wrong.
Result<PublishOrder> parse_publish_order(std::string_view context);

}  // namespace fescue
