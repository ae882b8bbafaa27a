// The next SUBSCRIBE or UNSUBSCRIBE: the difference between wanted and standing filters, in batches.
#include "uplink/subscription_sync.h"

#include <algorithm>
#include <iterator>

namespace fescue {

namespace {

std::set<TopicFilter> difference(const std::set<TopicFilter>& from, const std::set<TopicFilter>& without) {
  std::set<TopicFilter> out;
  std::ranges::set_difference(from, without, std::inserter(out, out.end()));
  return out;
}

}  // namespace

void SubscriptionSync::want(std::vector<TopicFilter> filters) {
  wanted_ = std::set(std::make_move_iterator(filters.begin()), std::make_move_iterator(filters.end()));
  to_add_ = difference(wanted_, requested_);
  to_remove_ = difference(requested_, wanted_);
}

std::optional<SubscriptionSync::Request> SubscriptionSync::next_request() {
  if (unanswered_.size() >= kMaxRequests || (to_add_.empty() && to_remove_.empty())) return std::nullopt;
  Request request;
  request.id = ++last_id_;
  request.verb = to_remove_.empty() ? Verb::subscribe : Verb::unsubscribe;
  std::set<TopicFilter>& source = request.verb == Verb::subscribe ? to_add_ : to_remove_;
  while (!source.empty() && request.filters.size() < kFiltersPerRequest) {
    request.filters.push_back(std::move(source.extract(source.begin()).value()));
    if (request.verb == Verb::subscribe) {
      requested_.insert(request.filters.back());
    } else {
      requested_.erase(request.filters.back());
    }
  }
  unanswered_.emplace(request.id, request.filters);
  return request;
}

std::vector<TopicFilter> SubscriptionSync::answered(std::uint64_t id) {
  const auto node = unanswered_.extract(id);
  return node ? std::move(node.mapped()) : std::vector<TopicFilter>();
}

void SubscriptionSync::connection_lost() {
  requested_.clear();
  unanswered_.clear();
  to_remove_.clear();
  to_add_ = wanted_;
}

}  // namespace fescue
