// Who may use which of the cores' topics.
#include "cloud/broker/iot_rules.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

const Principal kCore{"certificate", {ThingName("core1"), ThingName("core2")}};
const Principal kPlain{"uid 0", {}};

TEST(IotRules, KnowsTheCoresTopics) {
  EXPECT_TRUE(is_core_topic("$fescue/cores/core1/hello"));
  EXPECT_TRUE(is_core_topic("$fescue/#"));
  EXPECT_TRUE(is_core_topic("$fescue"));
  EXPECT_FALSE(is_core_topic("$fescues/x"));
  EXPECT_FALSE(is_core_topic("fescue/x"));
  EXPECT_FALSE(is_core_topic("#"));
}

TEST(IotRules, ACoreMayUseItsOwnTopics) {
  EXPECT_TRUE(may_use_core_topic(kCore, "$fescue/cores/core1/hello"));
  EXPECT_TRUE(may_use_core_topic(kCore, "$fescue/cores/core2/#"));
  EXPECT_TRUE(may_use_core_topic(kCore, "$fescue/cores/core1/+/x"));
}

TEST(IotRules, NobodyMayUseMore) {
  for (const char* topic : {"$fescue/cores/core3/hello", "$fescue/cores/+/hello", "$fescue/cores/#", "$fescue/#",
                            "$fescue/+/core1/x", "$fescue/cores/core1", "$fescue/cores/core", "$fescue/cores//x",
                            "$fescue", "$fescue/", "$fescue/cores/core1x/y", "$fescue/core1/x"}) {
    EXPECT_FALSE(may_use_core_topic(kCore, topic)) << topic;
    EXPECT_FALSE(may_use_core_topic(kPlain, topic)) << topic;
  }
  EXPECT_FALSE(may_use_core_topic(kPlain, "$fescue/cores/core1/hello"));
}

TEST(IotRules, AThingsConnectionGivesWayToTheSameThingOnly) {
  const Principal renewed{"renewed certificate", {ThingName("core2")}};
  const Principal other{"other certificate", {ThingName("core3")}};
  EXPECT_TRUE(IotRules().may_take_over(renewed, kCore));
  EXPECT_FALSE(IotRules().may_take_over(other, kCore));
  EXPECT_FALSE(IotRules().may_take_over(kPlain, kCore));
  EXPECT_TRUE(IotRules().may_take_over(kCore, kPlain));
  EXPECT_TRUE(IotRules().may_take_over(kPlain, kPlain));
}

}  // namespace
}  // namespace fescue::cloud
