// HttpRequestReader: one connection's incoming bytes become requests. Pure: the connection asks where the next bytes
// belong, says how many came, and asks what that makes. Memory follows what has arrived, not what was announced.
//
// While a body is awaited (Progress::body) its head can be judged: limit_body() lowers what is accepted of it, and
// body_memory() says what it takes.
//
//   while (reader.advance() == Progress::more) { got = read_some(reader.space()); reader.filled(got); }
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sys/http/http_parser.h"

namespace fescue {

class HttpRequestReader {
 public:
  struct Limits {
    std::size_t header_bytes;
    std::size_t body_bytes;
  };
  enum class Progress {
    idle,     // nothing of a request yet
    head,     // part of a head
    body,     // the head is complete, part of the body is missing
    ready,    // a request: take() it
    refused,  // bad(): answer and close
  };

  explicit HttpRequestReader(Limits limits);

  /// Where the next bytes belong. Empty when requests wait to be taken and there is no room for more.
  std::span<char> space();
  void filled(std::size_t count);
  /// Looks at what is there. Stays at `ready` until take().
  Progress advance();

  /// The request without its body, from the end of its head until take(); null before.
  const HttpRequest* head() const { return has_head_ ? &head_.request : nullptr; }
  /// True once for each request whose body did not come with its head.
  bool take_unjudged() { return progress_ == Progress::body && std::exchange(unjudged_, false); }
  /// The body of this request may have that much, and no more than Limits says. What has more is refused.
  void limit_body(std::size_t bytes);
  /// What the body takes once space() has been called.
  std::size_t body_memory() const;

  /// True once for a request whose sender waits for "100 Continue" before it sends its body.
  bool take_continue();
  /// The request; the bytes behind it stay for the next one.
  RequestHead take();
  const BadHttp& bad() const { return bad_; }
  /// Gives back the memory of a request that is not read to its end. Nothing but the destructor may follow.
  void forget() {
    has_head_ = false;
    head_ = {};
    buffer_ = {};
    begin_ = end_ = 0;
  }
  /// Bytes that belong to no taken request.
  bool has_leftover() const { return begin_ < end_; }

 private:
  Progress advance_head();
  Progress advance_body();
  Progress refuse(BadHttp why);
  std::size_t next_body_size() const;
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
  bool body_has_known_length() const {
    return progress_ == Progress::body && head_.body.framing == BodyFraming::length;
  }

  const Limits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // unread bytes of buffer_
  Progress progress_ = Progress::idle;
  HeadScanner scanner_;
  RequestHead head_;
  bool has_head_ = false, unjudged_ = false;
  std::size_t body_size_ = 0;  // of the body's string, which is longer while bytes are read into it
  ChunkDecoder chunks_{0};
  BadHttp bad_;
};

}  // namespace fescue
