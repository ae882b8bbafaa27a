// BodyBudget: how much memory the bodies of requests may take that nobody has vouched for yet. A listener shares one
// over its connections: so many bytes for each origin, so many in all. What is counted is the memory that a body takes,
// not what its head announced: a sender that only promises holds nothing.
//
//   BodyBudget budget({.of_origin = 16 << 20, .in_all = 64 << 20});
//   BodyBudget::Share share = budget.open("uid 1000");
//   if (!share.grow_to(65'536)) ...  // 503
//
// One thread. Shares may outlive the budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace fescue {

class BodyBudget {
  struct Books;

 public:
  struct Limits {
    std::size_t of_origin, in_all;
  };
  explicit BodyBudget(Limits limits);

  /// The part of one request. Given back when it is destroyed or released.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { swap(other); }
    Share& operator=(Share&& other) noexcept {
      Share taken(std::move(other));
      swap(taken);
      return *this;
    }
    ~Share() { release(); }

    /// Never less than before; false when there is no room, and then nothing changes. Always true without a budget.
    bool grow_to(std::size_t bytes);
    void release();

   private:
    friend BodyBudget;
    void swap(Share& other) noexcept {
      books_.swap(other.books_);
      origin_.swap(other.origin_);
      std::swap(held_, other.held_);
    }

    std::shared_ptr<Books> books_;  // absent: not limited
    std::string origin_;
    std::size_t held_ = 0;
  };
  Share open(std::string origin) const;

  /// Bytes now, over all origins.
  std::size_t held() const;
  /// How often there was no room. Ever-growing.
  std::uint64_t refused() const;

 private:
  std::shared_ptr<Books> books_;
};

}  // namespace fescue
