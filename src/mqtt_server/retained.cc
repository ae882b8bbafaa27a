// Keeping by topic in order, so that a filter's fixed beginning narrows the search.
#include "mqtt_server/retained.h"

#include <fmt/format.h>

namespace fescue {

void RetainedMessages::restore(ByTopic messages, Keep keep) {
  messages_ = std::move(messages);
  keep_ = std::move(keep);
}

Result<void> RetainedMessages::set(const Topic& topic, std::string_view payload, mqtt::QoS qos, WallTime now) {
  if (topic.view().starts_with('$')) return ok();
  const auto found = messages_.find(topic.view());
  if (payload.empty()) {
    if (found == messages_.end()) return ok();
    if (keep_) FESCUE_CHECK(keep_(topic.str(), nullptr));
    messages_.erase(found);
    return ok();
  }
  if (found == messages_.end() && messages_.size() >= max_topics_) {
    return Error(Code::resource_exhausted, fmt::format("messages of {} topics are retained, the most there may be; "
                                                       "remove one by publishing an empty one",
                                                       messages_.size()));
  }
  RetainedMessage message{std::string(payload), qos, now};
  if (keep_) FESCUE_CHECK(keep_(topic.str(), &message));
  messages_.insert_or_assign(topic.str(), std::move(message));
  return ok();
}

const RetainedMessage* RetainedMessages::find(std::string_view topic) const {
  const auto found = messages_.find(topic);
  return found == messages_.end() ? nullptr : &found->second;
}

/// `a/#` matches `a` too, so the slash before a `#` does not count.
std::string_view RetainedMessages::fixed_part(std::string_view filter) {
  const std::size_t wildcard = filter.find_first_of("+#");
  if (wildcard == std::string_view::npos) return filter;
  const bool slash_is_open = filter[wildcard] == '#' && wildcard > 0;
  return filter.substr(0, wildcard - (slash_is_open ? 1 : 0));
}

}  // namespace fescue
