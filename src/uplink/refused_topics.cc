// The memory of topics that the cloud would not take.
#include "uplink/refused_topics.h"

#include <algorithm>

namespace fescue {

void RefusedTopics::refuse(const Endpoint& source, const Topic& topic, SteadyTime now) {
  accepted_.erase(topic);
  std::size_t known = 0;
  for (const auto& [each, topics] : refused_) known += topics.size();
  if (known >= kMaxTopics) refused_.clear();
  auto& topics = refused_[source];
  std::erase_if(topics, [&](const auto& entry) { return entry.second <= now; });
  topics[topic] = now + kMemory;
}

void RefusedTopics::accept(const Topic& topic) {
  if (accepted_.contains(topic)) return;
  if (accepted_.size() >= kMaxTopics) accepted_.clear();
  accepted_.insert(topic);
}

bool RefusedTopics::refuses(const Endpoint& source, const Topic& topic, SteadyTime now) const {
  const auto found = refused_.find(source);
  if (found == refused_.end()) return false;
  const auto& topics = found->second;
  if (const auto known = topics.find(topic); known != topics.end()) return now < known->second;
  const auto fresh = [&](const auto& entry) { return now < entry.second; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(topics, fresh));
  return count >= kMaxTopicsOfSource && !accepted_.contains(topic);
}

}  // namespace fescue
