// Keeping by topic in order, so that a filter's fixed beginning narrows the search.
#include "mqtt_server/retained.h"

#include <fmt/format.h>

namespace fescue {

void RetainedMessages::restore(ByTopic messages, Keep keep) {
  messages_ = std::move(messages);
  keep_ = std::move(keep);
  total_ = {};
  of_publishers_.clear();
  for (auto each = messages_.cbegin(); each != messages_.cend(); ++each) count(each);
}

void RetainedMessages::count(ByTopic::const_iterator added) {
  const std::size_t size = size_of(added->first, added->second.payload);
  for (Amount* amount : {&total_, &of_publishers_[added->second.publisher]}) {
    ++amount->topics;
    amount->bytes += size;
  }
}

void RetainedMessages::discount(ByTopic::const_iterator removed) {
  const std::size_t size = size_of(removed->first, removed->second.payload);
  const auto publisher = of_publishers_.find(removed->second.publisher);
  for (Amount* amount : {&total_, &publisher->second}) {
    --amount->topics;
    amount->bytes -= size;
  }
  if (publisher->second.topics == 0) of_publishers_.erase(publisher);
}

Result<void> RetainedMessages::check_room(ByTopic::const_iterator former, std::size_t size,
                                          std::string_view publisher) const {
  const auto check = [&](Amount held, bool has_former, std::size_t topics, std::size_t bytes, std::string_view whose) {
    const std::size_t given_back = has_former ? size_of(former->first, former->second.payload) : 0;
    if (!has_former) ++held.topics;
    held.bytes += size - given_back;
    if (size > given_back && held.bytes > bytes) {
      return Result<void>(Error(Code::resource_exhausted,
                                fmt::format("{} retained messages would have more than {} bytes", whose, bytes)));
    }
    if (has_former || held.topics <= topics) return ok();
    return Result<void>(Error(Code::resource_exhausted,
                              fmt::format("{} messages of {} topics are retained, the most there may be; remove one by "
                                          "publishing an empty one",
                                          whose, topics)));
  };
  const bool is_there = former != messages_.end();
  FESCUE_CHECK(check(total_, is_there, limits_.topics, limits_.bytes, "all"));
  if (publisher.empty()) return ok();
  const auto own = of_publishers_.find(publisher);
  return check(own == of_publishers_.end() ? Amount() : own->second, is_there && former->second.publisher == publisher,
               limits_.topics_of_publisher, limits_.bytes_of_publisher, "the publisher's");
}

Result<StoreTicket> RetainedMessages::set(const Topic& topic, std::string_view payload, mqtt::QoS qos, WallTime now,
                                          std::string_view publisher) {
  if (topic.view().starts_with('$')) return StoreTicket(0);
  const auto found = messages_.find(topic.view());
  if (!payload.empty() && limits_.topics == 0) {
    return Error(Code::unimplemented, "this server keeps no retained messages");
  }
  if (!payload.empty()) FESCUE_CHECK(check_room(found, size_of(topic.view(), payload), publisher));
  if (found != messages_.end()) discount(found);
  if (payload.empty()) {
    // Also of what is not there: its removal may not be stored yet, and who repeats it waits for that too.
    if (found != messages_.end()) messages_.erase(found);
    return keep_ ? keep_(topic.view(), nullptr) : 0;
  }
  RetainedMessage message{std::string(payload), qos, now, std::string(publisher)};
  const auto kept = messages_.insert_or_assign(topic.str(), std::move(message)).first;
  count(kept);
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
