// Any bytes as MQTT: they are packets or a refusal, the same whether they come at once or in pieces, and what was
// decoded survives being encoded and decoded again. The first byte is the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "mqtt/codec.h"

namespace {

using namespace fescue;
using namespace fescue::mqtt;

constexpr std::size_t kLimit = 4096;

struct Outcome {
  std::string packets;  // everything that was decoded, encoded again
  std::string error;    // what ended it, if anything did
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode_all(std::string_view bytes, std::size_t piece) {
  Decoder decoder(kLimit);
  Outcome outcome;
  while (!bytes.empty()) {
    decoder.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const auto packet = decoder.next();
      if (!packet) {
        FESCUE_ASSERT(!packet.error().message().empty());
        outcome.error = packet.error().message();
        return outcome;
      }
      if (*packet == nullptr) break;
      append_packet(outcome.packets, **packet);
    }
    FESCUE_ASSERT(decoder.buffered() < kLimit + 5);
    FESCUE_ASSERT(decoder.buffer_capacity() <= 64 * 1024);
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = decode_all(bytes, kLimit);
  FESCUE_ASSERT(decode_all(bytes, 1 + data[0]) == whole);
  const Outcome again = decode_all(whole.packets, kLimit);
  FESCUE_ASSERT(again.packets == whole.packets && again.error.empty());
  return 0;
}
