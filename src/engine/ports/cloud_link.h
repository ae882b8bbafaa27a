// Port: the core's one connection to its control plane. Parts of the core say and hear things on topics by it; what the
// topics and their JSON are is in model/deployment.h (docs/core-protocol.md). Nothing local waits for it.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/deployment.h"
#include "model/topic.h"

namespace fescue {

class CloudLink {
 public:
  /// Takes what came on a topic, on the loop. The error is invalid_argument for what it cannot read; the link counts
  /// and logs that.
  using Handler = std::function<Result<void>(const Topic& topic, std::string_view payload)>;

  virtual ~CloudLink() = default;

  /// Sent at least once and in order. Queued while there is no link, apart from the group's messages, within 256 KiB:
  /// beyond that the oldest is dropped, counted and logged.
  virtual void publish(const Topic& topic, Payload payload) = 0;

  /// For the core itself; the group's own messages are routed (set_subscriptions). What comes on a matching topic goes
  /// to the first such handler and nowhere else. Called before the link starts; the handler's owner outlives the link's
  /// connection. Each connection subscribes before it says hello.
  virtual void subscribe(const TopicFilter& filter, Handler handler) = 0;

  /// Asked at each connection for what the hello should say. Called before the link starts.
  virtual void add_to_hello(std::function<void(CoreHello& hello)> contribution) = 0;

  /// The filters of rows whose source is the cloud; replaces the former set. What comes goes to the router.
  virtual void set_subscriptions(std::vector<TopicFilter> filters) = 0;

  virtual bool connected() const = 0;
};

/// Hands what `parse` makes of a payload to `take`.
template <class Parse, class Take>
CloudLink::Handler parsed_by(Parse parse, Take take) {
  return [parse, take](const Topic&, std::string_view payload) -> Result<void> {
    auto value = parse(payload);
    if (!value) return value.error();
    take(std::move(*value));
    return ok();
  };
}

}  // namespace fescue
