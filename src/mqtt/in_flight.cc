// The ring behind InFlight: slots from the oldest waiting id on, grown as needed up to the window.
#include "mqtt/in_flight.h"

#include "base/assert.h"

namespace fescue::mqtt {

namespace {

constexpr std::size_t kIds = 65'535;  // 1..65535
constexpr std::size_t kSlotsWorthKeeping = 256;

PacketId advanced(PacketId id, std::size_t steps) { return static_cast<PacketId>((id - 1 + steps) % kIds + 1); }

}  // namespace

InFlight::InFlight(std::size_t max_window) : max_window_(max_window) {
  FESCUE_ASSERT(max_window >= 1 && max_window < kIds);
}

void InFlight::grow() {
  std::vector<Slot> larger(slots_.empty() ? 8 : slots_.size() * 2);
  for (std::size_t i = 0; i < window_; ++i) larger[i] = slot(i);
  slots_ = std::move(larger);
  first_ = 0;
}

PacketId InFlight::add(const Request& request) {
  FESCUE_ASSERT(!full());
  if (window_ == slots_.size()) grow();
  slot(window_) = {request, true};
  ++waiting_;
  return advanced(first_id_, window_++);
}

std::optional<Request> InFlight::acknowledge(PacketId id, RequestKind kind) {
  const std::size_t offset = (id + kIds - first_id_) % kIds;
  if (id == 0 || offset >= window_) return std::nullopt;
  Slot& found = slot(offset);
  if (!found.waiting || found.request.kind != kind) return std::nullopt;
  found.waiting = false;
  --waiting_;
  const Request request = found.request;
  drop_acknowledged();
  return request;
}

void InFlight::drop_acknowledged() {
  while (window_ > 0 && !slots_[first_].waiting) {
    first_ = (first_ + 1) & (slots_.size() - 1);
    first_id_ = advanced(first_id_, 1);
    --window_;
  }
  if (window_ == 0 && slots_.size() > kSlotsWorthKeeping) slots_ = {};
}

}  // namespace fescue::mqtt
