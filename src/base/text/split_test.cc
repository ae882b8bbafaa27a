// Parts of texts, empty ones among them.
#include "base/text/split.h"

#include <gmock/gmock.h>

namespace fescue {
namespace {

using testing::ElementsAre;

TEST(Split, GivesEmptyPartsToo) {
  EXPECT_THAT(split("a:bc:d", ':'), ElementsAre("a", "bc", "d"));
  EXPECT_THAT(split(":a:", ':'), ElementsAre("", "a", ""));
  EXPECT_THAT(split("", ':'), ElementsAre(""));
}

}  // namespace
}  // namespace fescue
