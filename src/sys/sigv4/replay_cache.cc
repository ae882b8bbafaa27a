// Uses of signatures, in a map and in the order in which they go.
#include "sys/sigv4/replay_cache.h"

namespace fescue {

bool ReplayCache::admit(std::string_view signature, std::string_view sender, SteadyTime now) {
  forget_old(now);
  const auto [use, is_new] = uses_.try_emplace(std::string(signature), Use{std::string(sender), now});
  if (is_new) {
    in_order_.emplace_back(now, use->first);
    return true;
  }
  if (use->second.sender == sender && now - use->second.first <= kResendWindow) return true;
  ++refused_;
  return false;
}

void ReplayCache::forget_old(SteadyTime now) {
  while (!in_order_.empty() && (in_order_.size() >= kMaxEntries || now - in_order_.front().first > kLifetime)) {
    uses_.erase(in_order_.front().second);
    in_order_.pop_front();
  }
}

}  // namespace fescue
