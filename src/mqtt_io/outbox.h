// Outbox: writes each connection once at the end of a turn of the loop, whatever number of messages other connections
// gave it during that turn. One for all connections of a loop; it also lends them their output buffers, so that a
// connection with nothing to say holds none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sys/loop/asio.h"

namespace fescue::mqtt {

class Connection;

class Outbox : public std::enable_shared_from_this<Outbox> {
 public:
  static std::shared_ptr<Outbox> make(asio::io_context& io) { return std::shared_ptr<Outbox>(new Outbox(io)); }

  /// The connection will be flushed before the loop waits again.
  void add(std::shared_ptr<Connection> connection);

  /// An empty string, usually with capacity.
  std::string borrow_buffer();
  void recycle(std::string buffer);

 private:
  class EndOfTurn;
  explicit Outbox(asio::io_context& io) : io_(io) {}
  void flush();

  asio::io_context& io_;
  std::vector<std::shared_ptr<Connection>> waiting_, flushing_;
  std::vector<std::string> spare_;
};

}  // namespace fescue::mqtt
