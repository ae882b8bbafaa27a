// Restarts, reconnections and twins.
#include "cloud/deployments/twin_cores.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

const ThingName kTwin("core"), kOther("other");

TEST(TwinCores, RestartsAndReconnectionsAreNone) {
  TwinCores twins;
  for (const char* instance : {"a", "a", "b", "b", "c", "", "c"}) EXPECT_FALSE(twins.note(kTwin, instance)) << instance;
}

TEST(TwinCores, TwoThatTakeTurnsAreToldOnce) {
  TwinCores twins;
  EXPECT_FALSE(twins.note(kTwin, "a"));
  EXPECT_FALSE(twins.note(kTwin, "b"));
  EXPECT_TRUE(twins.note(kTwin, "a"));
  EXPECT_FALSE(twins.note(kTwin, "b"));
  EXPECT_FALSE(twins.note(kTwin, "a"));
  EXPECT_FALSE(twins.note(kOther, "b")) << "another core";
}

TEST(TwinCores, ANewPairIsToldAgain) {
  TwinCores twins;
  twins.note(kTwin, "a");
  twins.note(kTwin, "b");
  EXPECT_TRUE(twins.note(kTwin, "a"));
  EXPECT_FALSE(twins.note(kTwin, "c"));
  EXPECT_TRUE(twins.note(kTwin, "a"));
}

}  // namespace
}  // namespace fescue::cloud
