// BodyBudget: how much memory the bodies of HTTP messages may take that wait for the other end: those of requests,
// until they have come and their sender is known, and those of answers, until their reader has taken them. A listener
// shares one over its connections: so many bytes for each origin, so many in all. What is counted is the memory that a
// body takes, not what its head announced: a sender that only promises holds nothing.
//
//   BodyBudget budget({.of_origin = 16 << 20, .in_all = 64 << 20});
//   BodyBudget::Share share = budget.open("uid 1000", now);
//   share.may_give_way([&] { close(); });
//   if (!share.grow_to(65'536, now)) ...  // 503
//   share.progressed(4096, now);          // as the bytes come or go
//
// Where there is no room, whoever is late makes some: a share that may give way and whose bytes come or go more slowly
// than kSlowestRate, after Limits::respite. Of those that are late, the one that has been for longest goes first.
//
// One thread. Shares may outlive the budget.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"

namespace fescue {

class BodyBudget {
  struct Books;
  struct Entry;

 public:
  /// In bytes a second, over what a share has waited so far.
  static constexpr std::size_t kSlowestRate = 32 * 1024;

  struct Limits {
    std::size_t of_origin, in_all;
    /// Beyond `in_all`, for origins that hold no more than an eighth of `of_origin`.
    std::size_t reserve = 0;
    std::chrono::milliseconds respite{3000};
  };
  explicit BodyBudget(Limits limits);

  /// The part of one body. Given back when it is destroyed or released.
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

    /// How others get its room while it is late; it holds nothing any more when that is called. Empty: not at all.
    void may_give_way(std::function<void()> give_way);
    void progressed(std::size_t bytes, SteadyTime now);

    /// Never less than before; false when there is no room, and then nothing changes. Always true without a budget.
    bool grow_to(std::size_t bytes, SteadyTime now);
    void release();
    std::size_t held() const;

   private:
    friend BodyBudget;
    void swap(Share& other) noexcept {
      books_.swap(other.books_);
      entry_.swap(other.entry_);
    }

    std::shared_ptr<Books> books_;  // absent: not limited
    std::shared_ptr<Entry> entry_;
  };
  Share open(std::string origin, SteadyTime now) const;

  /// Bytes now, over all origins.
  std::size_t held() const;
  /// Ever-growing: how often there was no room; how often somebody late made some.
  std::uint64_t refused() const;
  std::uint64_t gave_way() const;

 private:
  std::shared_ptr<Books> books_;
};

}  // namespace fescue
