// The remembered answers and the generation that makes them stale.
#include "mqtt_server/receivers.h"

#include <algorithm>
#include <functional>

namespace fescue::mqtt_server {

const Route::Target* Route::target_of(const Receiver& receiver) const {
  const auto found = std::ranges::lower_bound(targets, &receiver, std::less<const Receiver*>(), &Target::receiver);
  return found != targets.end() && found->receiver == &receiver ? &*found : nullptr;
}

/// The topic is there twice, in the key, too.
std::size_t Routes::size_of(const Route& route) {
  constexpr std::size_t kBesidesTopicAndTargets = sizeof(Cache::value_type) + 3 * sizeof(void*);
  return kBesidesTopicAndTargets + 2 * route.topic.view().size() + route.targets.capacity() * sizeof(Route::Target);
}

Result<Route*> Routes::find(std::string_view topic, SourceId source) {
  auto found = cache_.find(KeyView{source, topic});
  if (found == cache_.end()) {
    FESCUE_TRY(parsed, Topic::parse(topic));
    found = cache_
                .emplace(Key{source, std::string(topic)},
                         Route{.topic = std::move(parsed), .source = source, .targets = {}})
                .first;
    cached_bytes_ += size_of(found->second);
  }
  Route& route = found->second;
  if (route.generation == generation_) return &route;
  cached_bytes_ -= size_of(route);
  look_up(route);
  cached_bytes_ += size_of(route);
  if (cache_.size() > max_cached_topics_ || cached_bytes_ > max_cached_bytes_) forget_all_but(found);
  return &route;
}

void Routes::forget_all_but(Cache::iterator kept) {
  if (cache_.size() == 1) return;
  auto route = cache_.extract(kept);
  cache_.clear();
  invalidate();
  route.mapped().generation = generation_;
  cached_bytes_ = size_of(route.mapped());
  cache_.insert(std::move(route));
  ++forgotten_;
}

void Routes::look_up(Route& route) {
  auto& targets = route.targets;
  targets.clear();
  tree_.match(route.topic.view(), [&](Receiver* receiver, mqtt::QoS qos) { targets.push_back({receiver, qos}); });
  // Each receiver once, at its highest QoS.
  const std::less<Receiver*> before;
  std::sort(targets.begin(), targets.end(), [&](const Route::Target& a, const Route::Target& b) {
    return a.receiver != b.receiver ? before(a.receiver, b.receiver) : a.qos > b.qos;
  });
  const auto same = [](const Route::Target& a, const Route::Target& b) { return a.receiver == b.receiver; };
  targets.erase(std::unique(targets.begin(), targets.end(), same), targets.end());
  route.refused = std::erase_if(
      targets, [&](const Route::Target& each) { return !each.receiver->may_receive(route.topic, route.source); });
  route.generation = generation_;
}

bool Routes::subscribe(std::string_view filter, Receiver& receiver, mqtt::QoS qos) {
  invalidate();
  return tree_.set(filter, &receiver, qos);
}

void Routes::unsubscribe(std::string_view filter, Receiver& receiver) {
  if (tree_.erase(filter, &receiver)) invalidate();
}

}  // namespace fescue::mqtt_server
