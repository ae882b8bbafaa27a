// When a ReadBuffer grows, shrinks and moves what is left to its front.
#include "mqtt/read_buffer.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace fescue::mqtt {

namespace {

constexpr std::size_t kSmall = 1024;
constexpr std::size_t kLarge = 64 * 1024;
constexpr int kSmallReadsBeforeShrinking = 16;

}  // namespace

std::size_t ReadBuffer::next_capacity(std::size_t packet_bytes) const {
  if (capacity_ == 0) return kSmall;
  if (end_ - begin_ == capacity_ && capacity_ >= packet_bytes) return capacity_ * 2;  // nobody took what came
  const bool filled = end_ == capacity_;
  if (filled) return std::max(capacity_, std::min(capacity_ * 4, std::max(kLarge, packet_bytes)));
  const bool too_large = small_reads_ >= kSmallReadsBeforeShrinking && end_ - begin_ < kSmall;
  return too_large ? kSmall : capacity_;
}

std::span<char> ReadBuffer::prepare(std::size_t packet_bytes) {
  const std::size_t capacity = next_capacity(packet_bytes);
  const std::size_t kept = end_ - begin_;
  if (capacity != capacity_ || !data_) {
    std::unique_ptr<char[]> data(new char[capacity]);
    if (kept > 0) std::memcpy(data.get(), data_.get() + begin_, kept);
    data_ = std::move(data);
    if (capacity != capacity_) small_reads_ = 0;
    capacity_ = capacity;
  } else if (begin_ > 0 && kept > 0) {
    std::memmove(data_.get(), data_.get() + begin_, kept);
  }
  begin_ = 0;
  end_ = kept;
  FESCUE_ASSERT(end_ < capacity_);
  return {data_.get() + end_, capacity_ - end_};
}

void ReadBuffer::rest() {
  if (begin_ != end_) return;
  data_.reset();
  begin_ = end_ = 0;
}

void ReadBuffer::commit(std::size_t bytes) {
  FESCUE_ASSERT(bytes <= capacity_ - end_);
  end_ += bytes;
  small_reads_ = capacity_ > kSmall && bytes < capacity_ / 8 ? small_reads_ + 1 : 0;
}

}  // namespace fescue::mqtt
