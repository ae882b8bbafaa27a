// Who may use which of the cores' topics.
#include "cloud/broker/iot_rules.h"

#include <memory>

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

struct ClientIds : testing::Test {
  bool may(const Principal& who, std::string_view id) const {
    const AccessRequest wish{who, Action::connect, id, id};
    const bool allowed = rules.allow(wish);
    if (!allowed) {
      EXPECT_EQ(rules.why_refused(wish), "the client id is for a core's certificate");
    }
    return allowed;
  }
  CoreNames cores{{ThingName("fescue-core"), ThingName("core1"), ThingName("core1-b")}};
  IotRules rules{cores};
};

TEST_F(ClientIds, OfACoreAreForItsCertificates) {
  const Principal core{"core1's certificate", {ThingName("core1")}};
  const Principal device{"a device's certificate", {ThingName("lamp")}};
  for (const char* id : {"core1", "core1-gda", "core1-", "core1-c-2"}) {
    EXPECT_TRUE(may(core, id)) << id;
    EXPECT_FALSE(may(device, id)) << id;
    EXPECT_FALSE(may(kPlain, id)) << id;
  }
  for (const char* id : {"core", "core11", "core1x", "lamp", "x-core1", "", "-", "sensor-7"}) {
    EXPECT_TRUE(may(device, id)) << id;
    EXPECT_TRUE(may(kPlain, id)) << id;
  }
}

TEST_F(ClientIds, TheExactNameAndThenTheLongestOfACoreWins) {
  const Principal prefix{"a device", {ThingName("fescue")}};
  const Principal one{"core1's", {ThingName("core1")}}, other{"core1-b's", {ThingName("core1-b")}};
  EXPECT_FALSE(may(prefix, "fescue-core"));
  EXPECT_FALSE(may(prefix, "fescue-core-gda"));
  EXPECT_TRUE(may(prefix, "fescue-x")) << "fescue is no core";
  EXPECT_FALSE(may(one, "core1-b"));
  EXPECT_FALSE(may(one, "core1-b-gda"));
  EXPECT_TRUE(may(other, "core1-b-gda"));
  EXPECT_FALSE(may(other, "core1-x"));
}

TEST_F(ClientIds, AThingMayBeCalledAsItIsNamed) {
  const Principal lamp{"a device", {ThingName("core1-lamp")}};
  EXPECT_TRUE(may(lamp, "core1-lamp"));
  EXPECT_FALSE(may(lamp, "core1-lamp-2"));
  EXPECT_FALSE(may(lamp, "core1"));
}

struct AllowsNothing final : PrincipalRights {
  bool allow(const AccessRequest&) const override { return false; }
  std::string why_refused(const AccessRequest&) const override { return "by rights"; }
  void renew() override {}
};

TEST_F(ClientIds, ThePoliciesAreAskedToo) {
  const Principal core{.name = "c", .things = {ThingName("core1")}, .rights = std::make_shared<AllowsNothing>()};
  const AccessRequest wish{core, Action::connect, "core1", "core1"};
  EXPECT_FALSE(rules.allow(wish));
  EXPECT_EQ(rules.why_refused(wish), "by rights");
}

TEST_F(ClientIds, ACertificateOfACoreStandsAsOne) {
  const auto rights = std::make_shared<AllowsNothing>();
  EXPECT_EQ(rules.kind_of(kPlain), ClientKind::owner);
  EXPECT_EQ(rules.kind_of({.name = "c", .things = {ThingName("lamp"), ThingName("core1")}, .rights = rights}),
            ClientKind::core);
  EXPECT_EQ(rules.kind_of({.name = "c", .things = {ThingName("core1-lamp")}, .rights = rights}), ClientKind::device);
}

TEST(CoreNames, AreReadFromDefinitions) {
  CoreNames cores;
  EXPECT_TRUE(cores.add(R"({"Cores":[{"ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/one"},{"ThingArn":"x"}]})"));
  EXPECT_FALSE(cores.add(R"({"Cores":[{"ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/one"}]})"));
  EXPECT_FALSE(cores.add("no json"));
  EXPECT_FALSE(cores.add(R"({"Cores":7})"));
  EXPECT_EQ(cores.all().size(), 1u);
  EXPECT_EQ(*cores.owner_of("one-2"), ThingName("one"));
  EXPECT_EQ(cores.owner_of("on"), nullptr);
}

}  // namespace
}  // namespace fescue::cloud
