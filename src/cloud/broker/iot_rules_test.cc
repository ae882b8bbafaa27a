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

bool may(const Principal& principal, Action action, std::string_view topic) {
  return fixed_rule(principal, action, topic) == FixedRule::allowed;
}

TEST(IotRules, ACoreSaysWhatACoreSays) {
  EXPECT_TRUE(may(kCore, Action::publish, "$fescue/cores/core1/hello"));
  EXPECT_TRUE(may(kCore, Action::publish, "$fescue/cores/core2/deployments/report"));
  for (const char* topic : {"$fescue/cores/core1/deployments/notify", "$fescue/cores/core1/invocations/notify",
                            "$fescue/cores/core1/x", "$fescue/cores/core3/hello", "$fescue/cores/core1"}) {
    EXPECT_EQ(fixed_rule(kCore, Action::publish, topic), FixedRule::refused) << topic;
    EXPECT_EQ(fixed_rule(kPlain, Action::publish, topic), FixedRule::refused) << topic;
  }
  EXPECT_FALSE(may(kPlain, Action::publish, "$fescue/cores/core1/hello"));
}

TEST(IotRules, ACoreHearsWhatACoreHears) {
  for (const char* filter : {"$fescue/cores/core1/deployments/notify", "$fescue/cores/core2/invocations/notify"}) {
    EXPECT_TRUE(may(kCore, Action::subscribe, filter)) << filter;
    EXPECT_FALSE(may(kPlain, Action::subscribe, filter)) << filter;
  }
  EXPECT_TRUE(may(kCore, Action::receive, "$fescue/cores/core1/deployments/notify"));
  for (const char* filter : {"$fescue/cores/core1/#", "$fescue/cores/core1/+/notify", "$fescue/cores/core1/hello",
                             "$fescue/cores/+/hello", "$fescue/cores/#", "$fescue/#", "$fescue/+/core1/x",
                             "$fescue/cores/core", "$fescue/cores//x", "$fescue", "$fescue/", "$fescue/core1/x"}) {
    EXPECT_EQ(fixed_rule(kCore, Action::subscribe, filter), FixedRule::refused) << filter;
  }
}

TEST(IotRules, OfOtherTopicsWithADollarOnlyThoseOfShadowsExist) {
  for (const Principal& who : {kCore, kPlain}) {
    EXPECT_EQ(fixed_rule(who, Action::publish, "$aws/things/t/shadow/update"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::subscribe, "$aws/things/t/shadow/#"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::receive, "$aws/things/t/shadow/update/accepted"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::publish, "$aws/things/t/shadow/update/accepted"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::publish, "$aws/events/presence/connected/c"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::publish, "$aws/events/certificates/registered/c"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::subscribe, "$aws/events/certificates/registered/+"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::receive, "$aws/events/certificates/registered/c"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::subscribe, "$SYS/#"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::subscribe, "$share/g/t"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::publish, "$x"), FixedRule::refused);
    EXPECT_EQ(fixed_rule(who, Action::publish, "x"), FixedRule::ask_rights);
    EXPECT_EQ(fixed_rule(who, Action::subscribe, "#"), FixedRule::ask_rights);
  }
}

TEST(IotRules, AThingsConnectionGivesWayToTheSameThingOnly) {
  const Principal renewed{"renewed certificate", {ThingName("core2")}};
  const Principal other{"other certificate", {ThingName("core3")}};
  EXPECT_TRUE(IotRules().may_take_over(renewed, kCore, "c"));
  EXPECT_FALSE(IotRules().may_take_over(other, kCore, "c"));
  EXPECT_FALSE(IotRules().may_take_over(kPlain, kCore, "c"));
  EXPECT_TRUE(IotRules().may_take_over(kCore, kPlain, "c"));
  EXPECT_TRUE(IotRules().may_take_over(kPlain, kPlain, "c"));
}

TEST(IotRules, ACoreTakesItsClientIdsFromOthers) {
  const Principal device{"a device's certificate", {ThingName("lamp")}};
  for (const char* id : {"core1", "core1-gda", "core2-"}) {
    EXPECT_TRUE(IotRules().may_take_over(kCore, device, id)) << id;
    EXPECT_FALSE(IotRules().may_take_over(device, kCore, id)) << id;
    EXPECT_FALSE(IotRules().may_take_over(kPlain, kCore, id)) << id;
  }
  for (const char* id : {"core", "core11", "core1x", "lamp", "x-core1"}) {
    EXPECT_FALSE(IotRules().may_take_over(kCore, device, id)) << id;
  }
}

}  // namespace
}  // namespace fescue::cloud
