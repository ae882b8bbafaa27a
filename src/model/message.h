// A Message is something published: who said it, on which topic, and the bytes. An Endpoint is one end of a
// subscription row, spelled as in the group: `cloud`, `GGShadowService`, a function's ARN or a thing's ARN.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "model/arn.h"
#include "model/limits.h"
#include "model/topic.h"

namespace fescue {

enum class EndpointKind { cloud, shadow, function, device };

class Endpoint {
 public:
  static Endpoint cloud() { return Endpoint(EndpointKind::cloud, "cloud"); }
  static Endpoint shadow() { return Endpoint(EndpointKind::shadow, "GGShadowService"); }
  static Endpoint function(const FunctionArn& arn) { return Endpoint(EndpointKind::function, arn.str()); }
  static Endpoint device(const ThingArn& arn) { return Endpoint(EndpointKind::device, arn.str()); }
  /// Error: invalid_argument when the text is none of the four.
  static Result<Endpoint> parse(std::string_view text);

  EndpointKind kind() const { return kind_; }
  const std::string& str() const { return text_; }
  /// Only for kind() == function.
  FunctionArn function_arn() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;

 private:
  Endpoint(EndpointKind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  EndpointKind kind_;
  std::string text_;
};

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

template <>
struct std::hash<fescue::Endpoint> {
  std::size_t operator()(const fescue::Endpoint& end) const noexcept { return std::hash<std::string>{}(end.str()); }
};
