// Pure: brings what is subscribed on the connection in line with what the group wants, in small requests of which only
// so many are unanswered at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/topic.h"

namespace fescue {

class SubscriptionSync {
 public:
  static constexpr std::size_t kFiltersPerRequest = 8;  // AWS IoT's limit for a SUBSCRIBE
  static constexpr std::size_t kMaxRequests = 16;

  enum class Verb { subscribe, unsubscribe };
  struct Request {
    std::uint64_t id = 0;
    Verb verb = Verb::subscribe;
    std::vector<TopicFilter> filters;
  };

  void want(std::vector<TopicFilter> filters);

  /// The next request to send, which counts as sent; nothing when all is done or enough is unanswered.
  std::optional<Request> next_request();
  /// The answer to a request: its filters, in their order; empty when the id is not known.
  std::vector<TopicFilter> answered(std::uint64_t id);

  /// A new connection begins with no subscriptions.
  void connection_lost();

  bool in_line() const { return to_add_.empty() && to_remove_.empty() && unanswered_.empty(); }

 private:
  std::set<TopicFilter> wanted_;
  std::set<TopicFilter> requested_;  // on this connection, answered or not
  std::set<TopicFilter> to_add_, to_remove_;
  std::map<std::uint64_t, std::vector<TopicFilter>> unanswered_;
  std::uint64_t last_id_ = 0;
};

}  // namespace fescue
