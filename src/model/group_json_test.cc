// A document comes back as it was written; a broken one is refused with the member's path.
#include "model/group_json.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

DeploymentDocument example() {
  const auto arn = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:hello:1").value();
  FunctionConfig function;
  function.arn = arn;
  function.runtime = "python3.11";
  function.handler = "app.handler";
  function.artifact = ArtifactHash(std::string(64, 'a'));
  function.artifact_bytes = 321;
  function.pinned = true;
  function.timeout = std::chrono::seconds(7);
  function.init_timeout = std::chrono::seconds(20);
  function.encoding = Encoding::binary;
  function.exec_args = "-v";
  function.environment = {{"A", "1"}};
  function.memory_kb = 65536;
  function.access_sysfs = true;
  function.run_as = {.uid = 1234, .gid = std::nullopt};
  const Resource disk{"disk", "Disk", ResourceKind::volume, "/srv/disk", "/disk", {.automatic = true, .name = {}}};
  const Resource tty{"tty", "Tty", ResourceKind::device, "/dev/ttyS0", "/dev/ttyS0", {.name = "dialout"}};
  function.resources = {{disk, Access::read_write}, {tty, Access::read_only}};

  DeploymentDocument document;
  document.deployment = DeploymentId("d-1");
  document.type = DeploymentType::redeployment;
  Group& group = document.group;
  group.id = GroupId("g-1");
  group.version = "v-1";
  group.region = Region("us-west-2");
  group.account = AccountId("123456789012");
  group.core_thing = ThingArn::make(group.region, group.account, ThingName("core"));
  group.core_certificate_arn = "arn:aws:iot:us-west-2:123456789012:cert/abc";
  group.resources = {disk, tty};
  group.functions = {function};
  group.subscriptions = {{"in", Endpoint::cloud(), TopicFilter::parse("a/#").value(), Endpoint::function(arn)}};
  group.loggers = {{LogComponent::lambda, log::Level::debug, 256},
                   {LogComponent::system, log::Level::warn, 128, LogDestination::cloud_watch}};
  group.system_functions = {{FunctionArn::parse("arn:aws:lambda:::function:GGStreamManager:1").value(), {{"P", "1"}}},
                            {FunctionArn::parse("arn:aws:lambda:::function:GGTES").value(), {}}};
  group.sync_core_shadow = true;
  group.devices = {
      {ThingArn::make(group.region, group.account, ThingName("lamp")), "arn:aws:iot:r:1:cert/lamp1", true},
      {ThingArn::make(group.region, group.account, ThingName("door")), "arn:aws:iot:r:1:cert/door1", false}};
  return document;
}

TEST(GroupJson, RoundTrip) {
  const DeploymentDocument before = example();
  const auto after = parse_deployment_document(to_json(before));
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(after->deployment, before.deployment);
  EXPECT_EQ(after->type, before.type);
  EXPECT_EQ(after->group, before.group);
}

TEST(GroupJson, ResetsCarryNoGroup) {
  DeploymentDocument reset;
  reset.deployment = DeploymentId("d-2");
  reset.type = DeploymentType::force_reset;
  EXPECT_EQ(parse_deployment_document(to_json(reset)).value().type, DeploymentType::force_reset);
}

std::string broken(std::string_view from, std::string_view to) {
  std::string text = to_json(example());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(GroupJson, ErrorsNameTheMember) {
  const std::pair<std::string, std::string> cases[] = {
      {broken(":hello:1\"", ":hello\""),
       "GroupDefinitions.Lambdas.Content[0].FunctionArn: must name a published version"},
      {broken(":hello:1\"", ":hello:$LATEST\""), "must name a published version"},
      {broken(":thing/door\"", ":thin/door\""), "Devices[1].thingArn: "},
      {broken("\"syncShadow\":true", "\"syncShadow\":1"), "Devices[0].syncShadow: "},
      {broken("\"Timeout\":7", "\"Timeout\":0"), "Timeout: must be between 1 and"},
      {broken("\"Subject\":\"a/#\"", "\"Subject\":\"a/#/b\""), "GroupDefinitions.Subscriptions.Content[0].Subject:"},
      {broken("\"Source\":\"cloud\"", "\"Source\":\"clown\""), "Content[0].Source:"},
      {broken("groups/g-1/versions/", "groups/versions/"), "Arn: is not the ARN of a group version"},
      {broken("/versions/v-1", "/versions/"), "Arn: is not the ARN of a group version"},
      {broken("\"protocol\":1", "\"protocol\":2"), "core protocol 2 is not supported"},
      {broken(std::string(64, 'a'), "../../etc/passwd"), "sha256 must be"},
      {broken("\"Uid\":1234", "\"Uid\":4294967295"), "Uid: must be between"},
      {broken("\"ResourceId\":\"tty\"", "\"ResourceId\":\"usb\""),
       "ResourceAccessPolicies[1]: the group has no resource \"usb\""},
      {broken("\"ResourceId\":\"tty\"", "\"ResourceId\":\"disk\""), "the resource disk is attached twice"},
      {broken("\"/srv/disk\"", "\"/var/disk\""), "Resources.Content[0].Data: SourcePath /var/disk lies in /var"},
      {broken("\"AWSCloudWatch\"", "\"Tape\""), "Logging.Content[1]: unknown Type"},
      {broken(":::function:GGTES", ":us-west-2:123456789012:function:GGTES"),
       "fescue.systemFunctions[1].FunctionArn: is not the ARN of a system function"},
      {broken("GreengrassContainer", "NoContainer"), "ResourceAccessPolicies: needs a container"},
      {"[]", "must be an object"},
      {"{", "not valid JSON"},
      {"{} x", "not valid JSON"},
      {std::string(100, '['), "not valid JSON"},
  };
  for (const auto& [text, expected] : cases) {
    const auto result = parse_deployment_document(text);
    ASSERT_FALSE(result) << expected;
    EXPECT_NE(result.error().message().find(expected), std::string::npos) << result.error().message();
  }
}

TEST(DeploymentMessages, RoundTrip) {
  const DeploymentReport report{DeploymentId("d"), DeploymentStatus::failure, "why", {{"Code", "text"}}};
  const auto parsed = parse_report(to_json(report)).value();
  EXPECT_EQ(parsed.status, DeploymentStatus::failure);
  EXPECT_EQ(parsed.details, report.details);
  EXPECT_EQ(parsed.message, "why");
  EXPECT_EQ(
      parse_notice(to_json(DeploymentNotice{DeploymentId("d"), DeploymentType::reset, GroupId("g")})).value().group,
      GroupId("g"));
  EXPECT_FALSE(parse_hello(to_json(CoreHello{"1.0", "i", std::nullopt})).value().current);
  EXPECT_EQ(parse_hello(to_json(CoreHello{"1.0", "i", DeploymentId("d")})).value().current, DeploymentId("d"));
  EXPECT_FALSE(parse_notice("{\"protocol\":1}"));
  EXPECT_FALSE(parse_report("{\"protocol\":1,\"deploymentId\":\"d\",\"status\":\"Done\"}"));
}

}  // namespace
}  // namespace fescue
