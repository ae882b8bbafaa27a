// Any bytes as a message to or from the launcher: what is accepted is what an encoder makes, within its bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "sandbox/protocol/protocol.h"

namespace {

using namespace fescue;

template <class Message>
void check_round_trip(const Message& message, std::string_view bytes) {
  std::visit([bytes](const auto& value) { FESCUE_ASSERT(encode(value) == bytes); }, message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto request = decode_request(bytes)) {
    if (const auto* spec = std::get_if<WorkerSpec>(&*request)) FESCUE_ASSERT(static_cast<bool>(validate(*spec)));
    // stop-all has no id of its own, so what stood in its place does not come back.
    if (!std::holds_alternative<StopAllRequest>(*request)) check_round_trip(*request, bytes);
  }
  if (const auto event = decode_event(bytes)) {
    const bool has_id = !std::holds_alternative<Ready>(*event) && !std::holds_alternative<Rejected>(*event);
    if (has_id) check_round_trip(*event, bytes);
  }
  return 0;
}
