// The choice of the handshake that gives way.
#include "sys/net/handshake_slots.h"

#include <algorithm>

namespace fescue {

HandshakeSlots::Slot::~Slot() {
  if (!given_up_) state_->remove(*this);
}

void HandshakeSlots::State::remove(const Slot& slot) {
  oldest_first.erase(slot.place_);
  if (--by_origin.at(slot.origin_) == 0) by_origin.erase(slot.origin_);
}

std::unique_ptr<HandshakeSlots::Slot> HandshakeSlots::take(std::string origin, std::function<void()> give_up) {
  if (running() >= limit_) make_room();
  std::unique_ptr<Slot> slot(new Slot(state_));
  slot->origin_ = std::move(origin);
  slot->give_up_ = std::move(give_up);
  slot->place_ = state_->oldest_first.insert(state_->oldest_first.end(), slot.get());
  ++state_->by_origin[slot->origin_];
  return slot;
}

void HandshakeSlots::make_room() {
  std::size_t most = 0;
  for (const auto& [origin, count] : state_->by_origin) most = std::max(most, count);
  const auto found = std::ranges::find_if(
      state_->oldest_first, [&](const Slot* slot) { return state_->by_origin.at(slot->origin_) == most; });
  if (found == state_->oldest_first.end()) return;
  Slot& slot = **found;
  state_->remove(slot);
  slot.given_up_ = true;
  slot.give_up_();
}

}  // namespace fescue
