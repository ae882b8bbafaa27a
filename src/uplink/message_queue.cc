// Room, order and what is in flight in the queue to the cloud, and the step back after a lost connection.
#include "uplink/message_queue.h"

#include <algorithm>
#include <iterator>

#include "base/assert.h"

namespace fescue {

bool MessageQueue::has_room(std::size_t payload_bytes) const {
  return in_flight_bytes_ + payload_bytes + kMaxTopicBytes + kOverhead <= max_bytes_;
}

void MessageQueue::push(Topic topic, Payload payload, Endpoint source) {
  Item item{.id = ++last_id_, .topic = std::move(topic), .payload = std::move(payload), .source = std::move(source)};
  if (in_flight_bytes_ + item.cost() > max_bytes_) {
    ++dropped_;
    return;
  }
  while (bytes() + item.cost() > max_bytes_) {
    waiting_bytes_ -= waiting_.front().cost();
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_bytes_ += item.cost();
  waiting_.push_back(std::move(item));
}

const MessageQueue::Item* MessageQueue::next() const {
  const std::size_t window = probing_ ? 1 : window_;
  return waiting_.empty() || in_flight_.size() >= window ? nullptr : &waiting_.front();
}

void MessageQueue::mark_sent() {
  FESCUE_ASSERT(next() != nullptr);
  const std::size_t cost = waiting_.front().cost();
  in_flight_.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  waiting_bytes_ -= cost;
  in_flight_bytes_ += cost;
}

std::optional<MessageQueue::Item> MessageQueue::acknowledge(std::uint64_t id) {
  const auto found = std::ranges::find(in_flight_, id, &Item::id);
  if (found == in_flight_.end()) return std::nullopt;
  Item item = std::move(*found);
  in_flight_.erase(found);
  in_flight_bytes_ -= item.cost();
  probing_ = false;
  return item;
}

std::size_t MessageQueue::remove_waiting(const std::function<bool(const Item&)>& pick) {
  return std::erase_if(waiting_, [&](const Item& item) {
    if (!pick(item)) return false;
    waiting_bytes_ -= item.cost();
    return true;
  });
}

std::optional<MessageQueue::Item> MessageQueue::connection_lost(Loss loss) {
  if (in_flight_.empty()) return std::nullopt;
  std::optional<Item> given_up;
  if (probing_ && loss == Loss::hung_up && ++in_flight_.front().losses >= kMaxLosses) {
    given_up = std::move(in_flight_.front());
    in_flight_.pop_front();
    in_flight_bytes_ -= given_up->cost();
  }
  probing_ = !given_up;
  waiting_.insert(waiting_.begin(), std::make_move_iterator(in_flight_.begin()),
                  std::make_move_iterator(in_flight_.end()));
  in_flight_.clear();
  waiting_bytes_ += in_flight_bytes_;
  in_flight_bytes_ = 0;
  return given_up;
}

}  // namespace fescue
