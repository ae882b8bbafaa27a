// Restarts, reconnections and twins.
#include "cloud/deployments/twin_cores.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

const ThingName kCore("core"), kOther("other");

TEST(TwinCores, RestartsAndReconnectionsAreNone) {
  TwinCores twins;
  for (const char* instance : {"a", "a", "b", "b", "c", "", "c"}) EXPECT_FALSE(twins.note(kCore, instance)) << instance;
}

TEST(TwinCores, TwoThatTakeTurnsAreToldOnce) {
  TwinCores twins;
  EXPECT_FALSE(twins.note(kCore, "a"));
  EXPECT_FALSE(twins.note(kCore, "b"));
  EXPECT_TRUE(twins.note(kCore, "a"));
  EXPECT_FALSE(twins.note(kCore, "b"));
  EXPECT_FALSE(twins.note(kCore, "a"));
  EXPECT_FALSE(twins.note(kOther, "b")) << "another core";
}

TEST(TwinCores, ANewPairIsToldAgain) {
  TwinCores twins;
  twins.note(kCore, "a");
  twins.note(kCore, "b");
  EXPECT_TRUE(twins.note(kCore, "a"));
  EXPECT_FALSE(twins.note(kCore, "c"));
  EXPECT_TRUE(twins.note(kCore, "a"));
}

}  // namespace
}  // namespace fescue::cloud
