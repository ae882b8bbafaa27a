// For tests: a stream that holds what the peer said before anybody reads, as a TLS stream does when the first packets
// came in one segment with the end of the handshake. Reads of those bytes do not wait.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "sys/net/stream.h"

namespace fescue {

class EagerStream final : public Stream {
 public:
  using Stream::read_some;
  /// What both ends look at; it outlives the stream.
  struct Wire {
    explicit Wire(asio::any_io_executor on) : executor(on), closing(on, SteadyTime::max()) {}
    asio::any_io_executor executor;
    std::deque<std::string> unread;  // each is the most that one read gives
    std::string written;
    bool closed = false;
    asio::steady_timer closing;
  };

  EagerStream(asio::any_io_executor executor, const std::vector<std::string>& pieces)
      : wire_(std::make_shared<Wire>(std::move(executor))) {
    for (const std::string& piece : pieces) {
      if (!piece.empty()) wire_->unread.push_back(piece);
    }
  }
  ~EagerStream() override { EagerStream::close(); }

  std::shared_ptr<const Wire> wire() const { return wire_; }

  Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    const auto wire = wire_;
    if (wire->unread.empty() && !wire->closed) co_await wire->closing.async_wait(use_result);
    if (wire->closed || wire->unread.empty()) {
      co_return std::tuple(error_code(asio::error::operation_aborted), std::size_t(0));
    }
    std::string& piece = wire->unread.front();
    const std::size_t count = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) wire->unread.pop_front();
    co_return std::tuple(error_code(), count);
  }
  Task<error_code> write_all(asio::const_buffer bytes) override {
    write_now(bytes);
    co_return error_code();
  }
  std::size_t write_now(asio::const_buffer bytes) override {
    wire_->written.append(static_cast<const char*>(bytes.data()), bytes.size());
    return bytes.size();
  }
  void interrupt_read() override { wire_->closing.cancel(); }
  void finish_writing() override {}
  void close() override {
    wire_->closed = true;
    wire_->closing.cancel();
  }
  const Peer& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return wire_->executor; }

 private:
  std::shared_ptr<Wire> wire_;
  Peer peer_;
};

}  // namespace fescue
