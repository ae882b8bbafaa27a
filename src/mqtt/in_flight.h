// Packet ids of requests that wait for their acknowledgement, in the order they were sent.
//
// Ids are given out in sequence, so the waiting ones lie in a window that starts at the oldest. The window, not only
// the number waiting, is bounded: a peer that acknowledges all but one message stops the flow in the end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "mqtt/packet.h"

namespace fescue::mqtt {

using Token = std::uint64_t;  // what a caller calls its own request

enum class RequestKind : std::uint8_t { publish, subscribe, unsubscribe };

struct Request {
  Token token = 0;
  SteadyTime sent;
  RequestKind kind = RequestKind::publish;
};

class InFlight {
 public:
  /// `max_window` from 1 to 65534.
  explicit InFlight(std::size_t max_window);

  bool full() const { return window_ == max_window_; }
  std::size_t size() const { return waiting_; }
  bool empty() const { return waiting_ == 0; }

  /// The id of a new request. Precondition: not full().
  PacketId add(const Request& request);
  /// Ends the request with this id and kind; nothing if there is none.
  std::optional<Request> acknowledge(PacketId id, RequestKind kind);
  /// The request that has waited longest. Precondition: not empty().
  const Request& oldest() const { return slots_[first_].request; }
  PacketId oldest_id() const { return first_id_; }

 private:
  struct Slot {
    Request request;
    bool waiting = false;
  };
  Slot& slot(std::size_t offset) { return slots_[(first_ + offset) & (slots_.size() - 1)]; }
  void grow();
  void drop_acknowledged();

  std::size_t max_window_;
  std::vector<Slot> slots_;  // ring; its size is a power of two, or 0
  std::size_t first_ = 0;    // index of the oldest
  std::size_t window_ = 0;   // from the oldest to the newest, acknowledged ones between them included
  std::size_t waiting_ = 0;
  PacketId first_id_ = 1;  // id of the slot at first_
};

}  // namespace fescue::mqtt
