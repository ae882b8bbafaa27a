// PooledShare: what one holder has of something of which it may have so much, and all holders of a Pool together so
// much. For amounts that change with every message: nothing is looked up.
//
//   const auto pool = std::make_shared<Pool>(64 * kMiB);
//   PooledShare share(8 * kMiB, pool);
//   if (share.has_room(bytes)) share.take(bytes);
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

namespace fescue {

struct Pool {
  explicit Pool(std::size_t most_in_all) : most(most_in_all) {}
  std::size_t most;
  std::size_t held = 0;
};

class PooledShare {
 public:
  PooledShare(std::size_t most, std::shared_ptr<Pool> pool) : most_(most), pool_(std::move(pool)) {}
  PooledShare(const PooledShare&) = delete;
  PooledShare& operator=(const PooledShare&) = delete;
  ~PooledShare() { pool_->held -= held_; }

  bool has_room(std::size_t amount) const { return held_ + amount <= most_ && pool_->held + amount <= pool_->most; }
  void take(std::size_t amount) { change(0, amount); }
  void give_back(std::size_t amount) { change(amount, 0); }
  /// What took `before` takes `after`.
  void change(std::size_t before, std::size_t after) {
    held_ += after - before;
    pool_->held += after - before;
  }
  /// Other bounds from now on, with what it holds.
  void move_to(std::size_t most, std::shared_ptr<Pool> pool) {
    pool_->held -= held_;
    most_ = most;
    pool_ = std::move(pool);
    pool_->held += held_;
  }
  std::size_t held() const { return held_; }

 private:
  std::size_t most_;
  std::size_t held_ = 0;
  std::shared_ptr<Pool> pool_;
};

}  // namespace fescue
