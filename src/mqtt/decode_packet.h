// The body of one packet, whose header has been read: from bytes to a value. For decoder.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "mqtt/packet.h"

namespace fescue::mqtt {

/// Type and flags of a packet, the two halves of its first byte.
struct FirstByte {
  std::uint8_t type;
  std::uint8_t flags;
};

/// Whether a packet can begin like this: known type, flags as [2.2.2] demands.
Result<void> check_first_byte(FirstByte first);

/// `body` is all of it, without the fixed header; views in `into` point there. Precondition: check_first_byte passed.
Result<void> decode_packet(FirstByte first, std::string_view body, Packet& into);

}  // namespace fescue::mqtt
