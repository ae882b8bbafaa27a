// Keeping by topic in order, so that a filter's fixed beginning narrows the search.
#include "mqtt_server/retained.h"

#include <fmt/format.h>

namespace fescue {

void RetainedMessages::restore(ByTopic messages, Keep keep) {
  messages_ = std::move(messages);
  keep_ = std::move(keep);
}

Result<StoreTicket> RetainedMessages::set(const Topic& topic, std::string_view payload, mqtt::QoS qos, WallTime now) {
  if (topic.view().starts_with('$')) return StoreTicket(0);
  const auto found = messages_.find(topic.view());
  if (payload.empty()) {
    // Also of what is not there: its removal may not be stored yet, and who repeats it waits for that too.
    if (found != messages_.end()) messages_.erase(found);
    return keep_ ? keep_(topic.view(), nullptr) : 0;
  }
  if (max_topics_ == 0) return Error(Code::unimplemented, "this server keeps no retained messages");
  if (found == messages_.end() && messages_.size() >= max_topics_) {
    return Error(Code::resource_exhausted, fmt::format("messages of {} topics are retained, the most there may be; "
                                                       "remove one by publishing an empty one",
                                                       messages_.size()));
  }
  const auto kept = messages_.insert_or_assign(topic.str(), RetainedMessage{std::string(payload), qos, now}).first;
  return keep_ ? keep_(kept->first, &kept->second) : 0;
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
