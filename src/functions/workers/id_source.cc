// UUIDs out of a block of random bytes.
#include "functions/workers/id_source.h"

#include "base/random.h"

namespace fescue {

namespace {

constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kBlockBytes = 64 * kUuidBytes;
constexpr char kHex[] = "0123456789abcdef";

}  // namespace

InvocationId IdSource::next() {
  if (used_ == block_.size()) {
    block_ = random_bytes(kBlockBytes);
    used_ = 0;
  }
  std::string text;
  text.reserve(36);
  for (std::size_t index = 0; index < kUuidBytes; ++index) {
    auto byte = static_cast<unsigned char>(block_[used_ + index]);
    if (index == 6) byte = (byte & 0x0f) | 0x40;
    if (index == 8) byte = (byte & 0x3f) | 0x80;
    if (index == 4 || index == 6 || index == 8 || index == 10) text += '-';
    text += kHex[byte >> 4];
    text += kHex[byte & 0x0f];
  }
  used_ += kUuidBytes;
  return InvocationId(std::move(text));
}

}  // namespace fescue
