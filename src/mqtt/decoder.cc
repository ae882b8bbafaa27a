// The Decoder of codec.h: finds where packets begin and end in what has arrived, and has decode_packet() read them.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "mqtt/codec.h"
#include "mqtt/decode_packet.h"

namespace fescue::mqtt {

namespace {

/// The remaining length [2.2.3]; size 0 when more bytes are needed.
struct Length {
  std::size_t value = 0;
  std::size_t size = 0;
};

Result<Length> parse_length(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4) break;
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= static_cast<std::size_t>(byte & 0x7f) << (7 * i);
    if (!(byte & 0x80)) return Length{value, i + 1};
  }
  if (bytes.size() >= 4) return Error(Code::invalid_argument, "the remaining length has more than 4 bytes");
  return Length{};
}

}  // namespace

Decoder::Decoder(std::size_t max_remaining_length) : max_remaining_length_(max_remaining_length) {}

void Decoder::release_packet() {
  buffer_.consume(consumed_);
  if (consumed_ > 0) needed_ = 0;
  consumed_ = 0;
}

std::span<char> Decoder::prepare() {
  release_packet();
  return buffer_.prepare(needed_);
}

void Decoder::rest() {
  release_packet();
  buffer_.rest();
}

void Decoder::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = prepare();
    const std::size_t step = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), step);
    commit(step);
    bytes.remove_prefix(step);
  }
}

Result<const Packet*> Decoder::fail(Error error) {
  failure_ = std::move(error);
  return *failure_;
}

Result<const Packet*> Decoder::next() {
  if (failure_) return *failure_;
  release_packet();
  const std::string_view bytes = buffer_.unread();
  if (bytes.empty() || bytes.size() < needed_) return nullptr;

  const auto byte = static_cast<std::uint8_t>(bytes.front());
  const FirstByte first{static_cast<std::uint8_t>(byte >> 4), static_cast<std::uint8_t>(byte & 15)};
  if (auto checked = check_first_byte(first); !checked) return fail(checked.error());
  auto length = parse_length(bytes.substr(1));
  if (!length) return fail(length.error());
  if (length->size == 0) return nullptr;
  if (length->value > max_remaining_length_) {
    return fail(Error(Code::too_large, fmt::format("a packet of {} bytes is over the limit of {}", length->value,
                                                   max_remaining_length_)));
  }
  const std::size_t header = 1 + length->size;
  needed_ = header + length->value;
  if (bytes.size() < needed_) return nullptr;

  if (auto decoded = decode_packet(first, bytes.substr(header, length->value), packet_); !decoded) {
    return fail(decoded.error());
  }
  consumed_ = needed_;
  return &packet_;
}

}  // namespace fescue::mqtt
