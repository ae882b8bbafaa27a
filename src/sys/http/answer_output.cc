// Head, body and what follows of it, in the order of sending.
#include "sys/http/answer_output.h"

#include <algorithm>
#include <utility>

namespace fescue {

std::size_t AnswerOutput::memory_of(const HttpResponse& response) {
  if (response.source) return std::min<std::uint64_t>(response.source->size(), kPiece);
  return response.body.size() > kCopiedBody ? response.body.capacity() : 0;
}

void AnswerOutput::set_body(HttpResponse response) {
  if (response.source) {
    to_come_ = response.source->size();
    if (to_come_ > 0) source_ = std::move(response.source);
  } else if (response.body.size() <= kCopiedBody) {
    head_ += response.body;
  } else {
    body_ = std::move(response.body);
  }
}

asio::const_buffer AnswerOutput::unsent() const {
  if (sent_ < head_.size()) return asio::buffer(head_) + sent_;
  return asio::buffer(body_) + (sent_ - head_.size());
}

Task<Result<void>> AnswerOutput::refill() {
  const auto source = source_;  // it may be let go meanwhile
  FESCUE_CO_TRY(piece, co_await source->next(std::min<std::uint64_t>(to_come_, kPiece)));
  if (piece.empty() || piece.size() > to_come_) co_return Error(Code::internal, "the body has another length");
  head_.clear();
  sent_ = 0;
  to_come_ -= piece.size();
  body_ = std::move(piece);
  if (to_come_ == 0) source_.reset();
  co_return ok();
}

void AnswerOutput::clear() {
  head_.clear();
  body_ = std::string();
  sent_ = 0;
  source_.reset();
  share_.release();
}

}  // namespace fescue
