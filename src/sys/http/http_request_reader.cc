// The states of one request's arrival: head, body by length or chunks, and what pipelining leaves for the next.
#include "sys/http/http_request_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fescue {
namespace {

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kBodyStep = 64 * 1024;
// Room beside the largest head, so that a chunk line or the start of a body does not make the buffer grow.
constexpr std::size_t kSlack = 2 * ChunkDecoder::kMaxLine;

BadHttp too_large() { return BadHttp(413, "the body is too large"); }

}  // namespace

HttpRequestReader::HttpRequestReader(Limits limits) : limits_(limits), buffer_(kFirstBuffer) {}

std::span<char> HttpRequestReader::space() {
  if (body_has_known_length()) {
    auto& body = head_.request.body;
    body.resize(next_body_size());
    return std::span(body).subspan(body_size_);
  }
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto most = std::max(kFirstBuffer, limits_.header_bytes + kSlack);
  if (end_ == buffer_.size()) buffer_.resize(std::min(buffer_.size() * 2, most));
  return std::span(buffer_).subspan(end_);
}

/// Of the string that a body of known length is read into.
std::size_t HttpRequestReader::next_body_size() const {
  const std::size_t size = head_.request.body.size();
  return body_size_ < size ? size : std::min<std::size_t>(head_.body.length, body_size_ * 2 + kBodyStep);
}

std::size_t HttpRequestReader::body_memory() const {
  return body_has_known_length() ? next_body_size() : head_.request.body.capacity() + buffer_.size();
}

void HttpRequestReader::limit_body(std::size_t bytes) {
  FESCUE_ASSERT(progress_ == Progress::body);
  const bool fits = head_.body.framing == BodyFraming::chunked ? chunks_.limit(bytes) : head_.body.length <= bytes;
  if (!fits) progress_ = refuse(too_large());
}

void HttpRequestReader::filled(std::size_t count) { (body_has_known_length() ? body_size_ : end_) += count; }

HttpRequestReader::Progress HttpRequestReader::advance() {
  if (progress_ == Progress::idle || progress_ == Progress::head) progress_ = advance_head();
  if (progress_ == Progress::body) progress_ = advance_body();
  return progress_;
}

HttpRequestReader::Progress HttpRequestReader::advance_head() {
  // Line ends between requests are left over from the body before (RFC 9112 2.2).
  while (progress_ == Progress::idle && unread().starts_with("\r\n")) begin_ += 2;
  if (unread().empty() || (progress_ == Progress::idle && unread() == "\r")) return Progress::idle;
  const auto size = scanner_.scan(unread());
  if (!size) return refuse(size.error());
  if (*size > limits_.header_bytes || (*size == 0 && unread().size() >= limits_.header_bytes)) {
    return refuse(BadHttp(431, "the header is too large"));
  }
  if (*size == 0) {
    const auto start = check_request_start(unread());
    return start ? Progress::head : refuse(start.error());
  }
  auto head = parse_request_head(unread().substr(0, *size));
  if (!head) return refuse(head.error());
  begin_ += *size;
  head_ = std::move(*head);
  has_head_ = unjudged_ = true;
  scanner_ = HeadScanner();
  body_size_ = 0;
  chunks_ = ChunkDecoder(limits_.body_bytes);
  if (head_.body.length > limits_.body_bytes) return refuse(too_large());
  return head_.body.framing == BodyFraming::none ? Progress::ready : Progress::body;
}

HttpRequestReader::Progress HttpRequestReader::advance_body() {
  auto& body = head_.request.body;
  if (head_.body.framing == BodyFraming::chunked) {
    const auto taken = chunks_.decode(unread(), body);
    if (!taken) return refuse(taken.error());
    begin_ += *taken;
    return chunks_.done() ? Progress::ready : Progress::body;
  }
  if (body_size_ == 0) {  // what came with the head; the rest is read into the body itself
    body = unread().substr(0, head_.body.length);
    body_size_ = body.size();
    begin_ += body.size();
  }
  return body_size_ == head_.body.length ? Progress::ready : Progress::body;
}

HttpRequestReader::Progress HttpRequestReader::refuse(BadHttp why) {
  bad_ = std::move(why);
  return Progress::refused;
}

bool HttpRequestReader::take_continue() {
  return progress_ == Progress::body && std::exchange(head_.expects_continue, false);
}

RequestHead HttpRequestReader::take() {
  FESCUE_ASSERT(progress_ == Progress::ready);
  progress_ = Progress::idle;
  has_head_ = false;
  return std::move(head_);
}

}  // namespace fescue
