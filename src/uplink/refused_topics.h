// Pure: what the cloud would not take, so that it is not asked again and again. A broker refuses a message by hanging
// up, which costs everybody a connection: so a topic that did it is refused here for a while, and of a source of which
// several topics did it, every topic that the cloud has not yet been seen to take.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "model/message.h"

namespace fescue {

class RefusedTopics {
 public:
  static constexpr std::chrono::minutes kMemory{10};  // then the cloud is asked again: its policies may have changed
  static constexpr std::size_t kMaxTopicsOfSource = 3;
  static constexpr std::size_t kMaxTopics = 1000;  // remembered, of either kind; beyond it the memory begins anew

  /// The cloud has closed the connection on it.
  void refuse(const Endpoint& source, const Topic& topic, SteadyTime now);
  /// The cloud has taken it.
  void accept(const Topic& topic);

  bool refuses(const Endpoint& source, const Topic& topic, SteadyTime now) const;

 private:
  std::map<Endpoint, std::map<Topic, SteadyTime>> refused_;  // until when
  std::set<Topic> accepted_;
};

}  // namespace fescue
