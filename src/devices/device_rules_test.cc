// Which certificate may connect as which device.
#include "devices/device_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Device device(const std::string& thing, const std::string& certificate) {
  return {ThingArn::make(Region("r"), AccountId("1"), ThingName(thing)), "arn:aws:iot:r:1:cert/" + certificate, false};
}

Peer peer_with(const std::string& certificate) {
  Peer peer;
  peer.certificate_sha256 = certificate;
  return peer;
}

TEST(DeviceTable, KnowsDevicesByThingAndByCertificate) {
  const DeviceTable table({device("lamp", "aa"), device("door", "bb"), device("bell", "bb")});
  EXPECT_EQ(table.size(), 3U);
  EXPECT_THAT(table.things_of("aa"), ElementsAre(ThingName("lamp")));
  EXPECT_THAT(table.things_of("bb"), ElementsAre(ThingName("door"), ThingName("bell")));
  EXPECT_THAT(table.things_of("a"), IsEmpty());
  EXPECT_THAT(table.things_of(""), IsEmpty());
  EXPECT_TRUE(table.allows("bb", "bell"));
  EXPECT_FALSE(table.allows("aa", "bell"));
  EXPECT_FALSE(table.allows("aa", ""));
  EXPECT_EQ(table.find("lamp")->str(), "arn:aws:iot:r:1:thing/lamp");
  EXPECT_EQ(table.find("lam"), nullptr);
  EXPECT_TRUE(DeviceTable().empty());
}

struct DeviceRulesTest : testing::Test {
  DeviceRulesTest() { use({device("lamp", "aa"), device("door", "bb"), device("bell", "bb")}); }
  void use(const std::vector<Device>& devices) { rules.use(std::make_shared<const DeviceTable>(devices)); }
  bool allows(Action action, std::string_view client_id, std::string_view resource) const {
    return rules.allow({lamp, action, client_id, resource});
  }

  DeviceRules rules;
  Principal lamp{.name = "aa", .things = {ThingName("lamp")}};
};

TEST_F(DeviceRulesTest, AdmitsTheCertificatesOfTheGroupAlone) {
  const Admission admission = rules.admit(peer_with("bb"));
  ASSERT_TRUE(admission.accepted());
  EXPECT_EQ(admission.principal().name, "bb");
  EXPECT_EQ(admission.principal().things.size(), 2U);
  EXPECT_THAT(rules.admit(peer_with("cc")).reason(), HasSubstr("certificate cc is that of no device"));
  EXPECT_FALSE(rules.admit(peer_with("")).accepted());
}

TEST_F(DeviceRulesTest, TheClientIdIsTheThing) {
  EXPECT_TRUE(allows(Action::connect, "lamp", "lamp"));
  for (const char* id : {"door", "Lamp", "lamp-1", "auto-1"}) {
    EXPECT_FALSE(allows(Action::connect, id, id)) << id;
    EXPECT_EQ(rules.why_refused({lamp, Action::connect, id, id}), "its certificate allows the client id \"lamp\"");
  }
  const Principal two{.name = "bb", .things = {}};
  EXPECT_EQ(rules.why_refused({two, Action::connect, "x", "x"}),
            "its certificate allows the client id \"door\" or \"bell\"");
}

TEST_F(DeviceRulesTest, TopicsAreLeftToTheRoutingTable) {
  for (const Action action : {Action::publish, Action::retain, Action::subscribe, Action::receive}) {
    EXPECT_TRUE(allows(action, "lamp", "$anything/at/all"));
  }
}

TEST_F(DeviceRulesTest, WhoIsOutOfTheGroupMaySayNothingMore) {
  use({device("lamp", "ee")});
  EXPECT_FALSE(allows(Action::connect, "lamp", "lamp"));
  EXPECT_FALSE(allows(Action::publish, "lamp", "a")) << "a will neither";
  EXPECT_EQ(rules.why_refused({lamp, Action::connect, "lamp", "lamp"}),
            "its certificate is that of no device of the group that runs");
}

}  // namespace
}  // namespace fescue
