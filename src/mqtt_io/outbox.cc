// The end of the loop's turn: every connection that was given output is flushed once, with borrowed buffers.
#include "mqtt_io/outbox.h"

#include "mqtt_io/connection.h"

namespace fescue::mqtt {

namespace {

constexpr std::size_t kSpareBuffers = 64;
constexpr std::size_t kSmallestWorthKeeping = 512;
constexpr std::size_t kLargestWorthKeeping = 256 * 1024;

}  // namespace

/// A loop that is destroyed drops its handlers without calling them: then the connections must be let go as well, for
/// they hold the outbox.
class Outbox::EndOfTurn {
 public:
  explicit EndOfTurn(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}
  EndOfTurn(EndOfTurn&&) = default;
  EndOfTurn(const EndOfTurn&) = delete;
  EndOfTurn& operator=(const EndOfTurn&) = delete;
  ~EndOfTurn() {
    if (outbox_) outbox_->waiting_.clear();
  }
  void operator()() { std::exchange(outbox_, nullptr)->flush(); }

 private:
  std::shared_ptr<Outbox> outbox_;
};

void Outbox::add(std::shared_ptr<Connection> connection) {
  if (waiting_.empty()) asio::post(io_, EndOfTurn{shared_from_this()});
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

void Outbox::recycle(std::string buffer) {
  const std::size_t size = buffer.capacity();
  if (size < kSmallestWorthKeeping || size > kLargestWorthKeeping || spare_.size() == kSpareBuffers) return;
  buffer.clear();
  spare_.push_back(std::move(buffer));
}

}  // namespace fescue::mqtt
