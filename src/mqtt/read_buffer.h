// A buffer that a socket fills at one end and a parser empties at the other. Its size follows the traffic: small for a
// connection that says little, larger when reads fill it, and beyond 64 KiB only while one packet needs it. It grows
// with the bytes that have come, never with a length that was merely announced.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace fescue::mqtt {

class ReadBuffer {
 public:
  /// Room for at least one byte. `packet_bytes` is the size of the packet at the front, 0 if not known. What is unread
  /// may move: views of it end here.
  std::span<char> prepare(std::size_t packet_bytes);
  void commit(std::size_t bytes);
  /// Lets go of its memory while nothing is unread.
  void rest();
  void consume(std::size_t bytes) { begin_ += bytes; }
  std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
  std::size_t capacity() const { return capacity_; }

 private:
  std::size_t next_capacity(std::size_t packet_bytes) const;

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  int small_reads_ = 0;  // in a row
};

}  // namespace fescue::mqtt
