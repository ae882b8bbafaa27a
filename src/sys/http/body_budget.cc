// Two sums: of each origin, and of all.
#include "sys/http/body_budget.h"

#include <utility>

namespace fescue {

struct BodyBudget::Books {
  explicit Books(Limits of) : limits(of) {}
  Limits limits;
  std::map<std::string, std::size_t> of_origin;
  std::size_t in_all = 0;
  std::uint64_t refused = 0;
};

BodyBudget::BodyBudget(Limits limits) : books_(std::make_shared<Books>(limits)) {}

BodyBudget::Share BodyBudget::open(std::string origin) const {
  Share share;
  share.books_ = books_;
  share.origin_ = std::move(origin);
  return share;
}

std::size_t BodyBudget::held() const { return books_->in_all; }
std::uint64_t BodyBudget::refused() const { return books_->refused; }

bool BodyBudget::Share::grow_to(std::size_t bytes) {
  if (!books_ || bytes <= held_) return true;
  const std::size_t more = bytes - held_;
  const auto found = books_->of_origin.find(origin_);
  const std::size_t of_origin = found == books_->of_origin.end() ? 0 : found->second;
  if (more > books_->limits.of_origin - of_origin || more > books_->limits.in_all - books_->in_all) {
    ++books_->refused;
    return false;
  }
  books_->of_origin[origin_] = of_origin + more;
  books_->in_all += more;
  held_ = bytes;
  return true;
}

void BodyBudget::Share::release() {
  if (const std::size_t held = std::exchange(held_, 0); held > 0) {
    books_->in_all -= held;
    const auto origin = books_->of_origin.find(origin_);
    origin->second -= held;
    if (origin->second == 0) books_->of_origin.erase(origin);
  }
  books_.reset();
}

}  // namespace fescue
