#include "mqtt_io/outbox.h"

#include "mqtt_io/connection.h"

namespace fescue::mqtt {

namespace {

constexpr std::size_t kSpareBuffers = 64;
constexpr std::size_t kSmallestWorthKeeping = 512;
constexpr std::size_t kLargestWorthKeeping = 256 * 1024;

}  // namespace

void Outbox::add(std::shared_ptr<Connection> connection) {
  if (waiting_.empty()) asio::post(io_, [self = shared_from_this()] { self->flush(); });
  waiting_.push_back(std::move(connection));
}

void Outbox::flush() {
  flushing_.swap(waiting_);
  for (const auto& connection : flushing_) connection->flush();
  flushing_.clear();
}

std::string Outbox::borrow_buffer() {
  if (spare_.empty()) return {};
  std::string buffer = std::move(spare_.back());
  spare_.pop_back();
  return buffer;
}

void Outbox::give_back(std::string buffer) {
  const std::size_t size = buffer.capacity();
  if (size < kSmallestWorthKeeping || size > kLargestWorthKeeping || spare_.size() == kSpareBuffers) return;
  buffer.clear();
  spare_.push_back(std::move(buffer));
}

}  // namespace fescue::mqtt
