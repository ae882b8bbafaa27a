// AnswerOutput: what of an answer the socket has not taken yet: a head, a body in memory or from its source, and the
// room that the body has in a budget. It writes nothing itself.
//
//   output.head() += ...; output.set_body(std::move(response));
//   while (output.has_bytes()) output.sent(write_some(output.unsent()), now);
#pragma once

#include <memory>
#include <string>

#include "sys/http/body_budget.h"
#include "sys/http/body_source.h"
#include "sys/http/http.h"
#include "sys/loop/asio.h"

namespace fescue {

class AnswerOutput {
 public:
  /// What is asked of a source at once.
  static constexpr std::size_t kPiece = 256 * 1024;
  /// A larger body is not copied behind its head but sent by a system call of its own.
  static constexpr std::size_t kCopiedBody = 64 * 1024;

  /// What the body of an answer takes while it waits; 0 for what is small, which is counted when it has to wait.
  static std::size_t memory_of(const HttpResponse& response);

  std::string& head() { return head_; }
  void set_body(HttpResponse response);
  /// The room of the body, held until all is sent.
  void hold(BodyBudget::Share share) { share_ = std::move(share); }
  bool holds_room() const { return share_.held() > 0; }

  bool is_empty() const { return !has_bytes() && !source_; }
  bool has_bytes() const { return sent_ < head_.size() + body_.size(); }
  /// No more bytes follow those of unsent().
  bool is_last() const { return body_.empty() && !source_; }
  asio::const_buffer unsent() const;
  std::size_t waiting() const { return head_.size() + body_.size() - sent_; }
  void sent(std::size_t bytes) { sent_ += bytes; }
  void progressed(std::size_t bytes) {
    if (holds_room()) share_.progressed(bytes, steady_now());
  }

  /// All of the bytes are sent: whether the source has more, which is asked for then.
  bool awaits_source() const { return source_ != nullptr; }
  Task<Result<void>> refill();
  void clear();

 private:
  std::string head_, body_;
  std::size_t sent_ = 0;  // of head_ and body_
  std::shared_ptr<HttpBodySource> source_;
  std::uint64_t to_come_ = 0;  // from the source
  BodyBudget::Share share_;
};

}  // namespace fescue
