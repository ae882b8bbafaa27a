// FairBound, pure: how much of something all may have together, so that one who takes everything locks nobody out. Up
// to `open` it is first come, first served. Beyond it a reserve is left for those who have little: as long as they hold
// no more than `share` with it.
//
//   FairBound<FunctionArn> items({.open = 1024, .reserve = 1024, .share = 64});
//   if (!items.admits(function)) ...  // 429
//   items.take(function);
//   items.give_back(function);
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/assert.h"

namespace fescue {

template <class Key>
class FairBound {
 public:
  struct Limits {
    std::size_t open, reserve, share;
  };
  explicit FairBound(Limits limits) : limits_(limits) {}

  bool admits(const Key& key, std::size_t amount = 1) const {
    if (total_ + amount <= limits_.open) return true;
    return total_ + amount <= limits_.open + limits_.reserve && held_by(key) + amount <= limits_.share;
  }
  void take(const Key& key, std::size_t amount = 1) {
    if (amount == 0) return;
    total_ += amount;
    held_[key] += amount;
  }
  /// Of what was taken.
  void give_back(const Key& key, std::size_t amount = 1) {
    if (amount == 0) return;
    const auto held = held_.find(key);
    FESCUE_ASSERT(held != held_.end() && held->second >= amount);
    total_ -= amount;
    if ((held->second -= amount) == 0) held_.erase(held);
  }

  std::size_t total() const { return total_; }
  std::size_t held_by(const Key& key) const {
    const auto held = held_.find(key);
    return held == held_.end() ? 0 : held->second;
  }

 private:
  Limits limits_;
  std::size_t total_ = 0;
  std::unordered_map<Key, std::size_t> held_;  // who holds nothing has no entry
};

}  // namespace fescue
