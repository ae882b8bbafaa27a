// Shares, their pool, and moving between pools.
#include "mqtt_io/pooled_share.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(PooledShare, EachAndAllTogetherAreBounded) {
  const auto pool = std::make_shared<Pool>(100);
  PooledShare one(60, pool);
  EXPECT_TRUE(one.has_room(60));
  EXPECT_FALSE(one.has_room(61));
  one.take(60);
  {
    PooledShare other(60, pool);
    EXPECT_TRUE(other.has_room(40));
    EXPECT_FALSE(other.has_room(41));
    other.take(40);
    EXPECT_EQ(pool->held, 100u);
    one.change(60, 10);
    EXPECT_EQ(pool->held, 50u);
  }
  EXPECT_EQ(pool->held, 10u) << "what a holder had goes with it";
  one.give_back(10);
  EXPECT_EQ(one.held(), 0u);
}

TEST(PooledShare, MovesWithWhatItHolds) {
  const auto small = std::make_shared<Pool>(100), big = std::make_shared<Pool>(1000);
  PooledShare share(10, small);
  share.take(10);
  share.move_to(500, big);
  EXPECT_EQ(small->held, 0u);
  EXPECT_EQ(big->held, 10u);
  EXPECT_TRUE(share.has_room(490));
  share.move_to(5, small);
  EXPECT_FALSE(share.has_room(0)) << "more than it may have now";
}

}  // namespace
}  // namespace fescue
