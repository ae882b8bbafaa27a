// From definitions to a document or to a list of problems.
#include "cloud/deployments/deployment_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/group_json.h"

namespace fescue::cloud {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kCoreDefinition =
    R"({"Cores":[{"Id":"c","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/core",)"
    R"("CertificateArn":"arn:aws:iot:us-west-2:123456789012:cert/ab"}]})";

constexpr std::string_view kDeviceArn = "arn:aws:iot:us-west-2:123456789012:thing/dev";

FunctionArn arn_of(std::string_view qualifier) {
  return FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "hello", qualifier);
}

class DeploymentBuilderTest : public testing::Test {
 protected:
  DeploymentBuilderTest() {
    input_.deployment = DeploymentId("d");
    input_.group = GroupId("g");
    input_.group_version = "v";
    input_.region = Region("us-west-2");
    input_.account = AccountId("123456789012");
    input_.core = {true, CertificateStatus::active, true, {}, {}, {}};
    read(Family::cores, kCoreDefinition);
    FunctionFacts facts;
    facts.version.name = "hello";
    facts.version.number = 3;
    facts.version.configuration.runtime = "python3.11";
    facts.version.configuration.handler = "app.handler";
    facts.version.code = {ArtifactHash(std::string(64, 'a')), 1234};
    input_.functions[arn_of("prod")] = facts;
  }

  void read(Family family, std::string_view body) {
    read_definition(family, boost::json::parse(body), input_.definitions);
  }
  /// A function definition with one function, known as hello:prod.
  void function(std::string_view configuration, std::string_view defaults = "{}", std::string_view qualifier = "prod") {
    read(Family::functions, std::string(R"({"DefaultConfig":)").append(defaults) +
                                R"(,"Functions":[{"Id":"f","FunctionArn":")" + arn_of(qualifier).str() +
                                R"(","FunctionConfiguration":)" + std::string(configuration) + "}]}");
  }
  void subscription(std::string_view source, std::string_view target) {
    read(Family::subscriptions, std::string(R"({"Subscriptions":[{"Id":"s","Subject":"a/#","Source":")")
                                    .append(source)
                                    .append(R"(","Target":")")
                                    .append(target)
                                    .append(R"("}]})"));
  }
  void device() {
    read(Family::devices,
         R"({"Devices":[{"Id":"d","ThingArn":")" + std::string(kDeviceArn) +
             R"(","CertificateArn":"arn:aws:iot:us-west-2:123456789012:cert/cd","SyncShadow":true}]})");
    input_.devices[ThingArn::parse(kDeviceArn).value()] = {true, CertificateStatus::active};
  }
  FunctionFacts& facts() { return input_.functions.at(arn_of("prod")); }

  /// "Code: message" of each problem.
  std::vector<std::string> problems() {
    std::vector<std::string> out;
    for (const ErrorDetail& problem : build_deployment(input_).problems) {
      out.push_back(problem.code + ": " + problem.message);
    }
    return out;
  }
  /// Without problems; and what a core will read is what was built.
  Group built() {
    const BuildOutcome outcome = build_deployment(input_);
    EXPECT_THAT(outcome.problems, IsEmpty());
    const auto read_back = parse_deployment_document(to_json(outcome.document));
    EXPECT_TRUE(read_back && read_back->group == outcome.document.group);
    return outcome.document.group;
  }

  BuildInput input_;
};

TEST_F(DeploymentBuilderTest, AppliesDefaults) {
  function("{}");
  const Group group = built();
  EXPECT_EQ(group.id, GroupId("g"));
  EXPECT_EQ(group.version, "v");
  EXPECT_EQ(group.core_thing.thing_name(), ThingName("core"));
  ASSERT_EQ(group.functions.size(), 1U);
  const FunctionConfig& made = group.functions[0];
  EXPECT_EQ(made.arn, arn_of("3"));
  EXPECT_EQ(made.runtime, "python3.11");
  EXPECT_EQ(made.handler, "app.handler");
  EXPECT_EQ(made.artifact, ArtifactHash(std::string(64, 'a')));
  EXPECT_EQ(made.artifact_bytes, 1234U);
  EXPECT_EQ(made.timeout, std::chrono::seconds(3));
  EXPECT_EQ(made.memory_kb, std::nullopt);  // the core's default
  EXPECT_EQ(made.encoding, Encoding::json);
  EXPECT_EQ(made.isolation, Isolation::container);
  EXPECT_EQ(made.run_as, RunAs{});
  EXPECT_FALSE(made.pinned);
}

TEST_F(DeploymentBuilderTest, TakesWhatTheDefinitionSays) {
  function(
      R"({"Pinned":true,"Timeout":7,"MemorySize":2048,"EncodingType":"binary","ExecArgs":"-v","Executable":"app.other",)"
      R"("FunctionRuntimeOverride":"python3.8","Environment":{"AccessSysfs":true,"Variables":{"A":"1"},)"
      R"("Execution":{"RunAs":{"Uid":5}}}})",
      R"({"Execution":{"RunAs":{"Uid":1,"Gid":2}}})");
  const FunctionConfig made = built().functions.at(0);
  EXPECT_TRUE(made.pinned);
  EXPECT_EQ(made.timeout, std::chrono::seconds(7));
  EXPECT_EQ(made.memory_kb, 2048U);
  EXPECT_EQ(made.encoding, Encoding::binary);
  EXPECT_EQ(made.exec_args, "-v");
  EXPECT_EQ(made.handler, "app.other");
  EXPECT_EQ(made.runtime, "python3.8");
  EXPECT_TRUE(made.access_sysfs);
  EXPECT_EQ(made.environment.at("A"), "1");
  // Uid from the function, Gid from the group: each by itself.
  EXPECT_EQ(made.run_as.uid, 5U);
  EXPECT_EQ(made.run_as.gid, 2U);
}

TEST_F(DeploymentBuilderTest, TheGroupsIsolationHoldsUnlessTheFunctionHasItsOwn) {
  function("{}", R"({"Execution":{"IsolationMode":"NoContainer"}})");
  EXPECT_EQ(built().functions.at(0).isolation, Isolation::none);
  input_.definitions.functions[0].execution.isolation = Isolation::container;
  EXPECT_EQ(built().functions.at(0).isolation, Isolation::container);
}

TEST_F(DeploymentBuilderTest, WhatNoContainerForbidsFailsTheDeployment) {
  function(R"({"MemorySize":1024,"Environment":{"AccessSysfs":true}})",
           R"({"Execution":{"IsolationMode":"NoContainer"}})");
  const std::string arn = arn_of("prod").str();
  EXPECT_THAT(problems(),
              ElementsAre("InvalidFunctionConfiguration: MemorySize configuration for function with arn " + arn +
                              " is not allowed in IsolationMode=NoContainer.",
                          "InvalidFunctionConfiguration: Access Sysfs configuration for function with arn " + arn +
                              " is not allowed in IsolationMode=NoContainer."));
}

TEST_F(DeploymentBuilderTest, SubscriptionsFollowTheirFunctions) {
  function("{}");
  subscription("cloud", arn_of("prod").str());
  const Group group = built();
  ASSERT_EQ(group.subscriptions.size(), 1U);
  EXPECT_EQ(group.subscriptions[0].source, Endpoint::cloud());
  EXPECT_EQ(group.subscriptions[0].target, Endpoint::function(arn_of("3")));
  EXPECT_EQ(group.subscriptions[0].subject.str(), "a/#");
}

TEST_F(DeploymentBuilderTest, SubscriptionsNeedTheExactFunction) {
  function("{}");
  subscription("cloud", arn_of("3").str());
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("InvalidSubscription: subscription s: " + arn_of("3").str())));
}

TEST_F(DeploymentBuilderTest, ABrokenFunctionIsSaidOnce) {
  input_.functions.clear();
  function("{}");
  subscription("cloud", arn_of("prod").str());
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("InvalidFunctionArn")));
}

TEST_F(DeploymentBuilderTest, AnAliasOnLatestIsRefused) {
  facts().version.number = kLatest;
  function("{}");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("points to $LATEST")));
}

TEST_F(DeploymentBuilderTest, TwoNamesOfOneVersionAreRefused) {
  input_.functions[arn_of("3")] = facts();
  read(Family::functions, R"({"Functions":[{"Id":"a","FunctionArn":")" + arn_of("prod").str() +
                              R"("},{"Id":"b","FunctionArn":")" + arn_of("3").str() + "\"}]}");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is in the group twice")));
}

TEST_F(DeploymentBuilderTest, ExecutablesAreBinaryAndInThePackage) {
  facts().version.configuration.runtime = kExecutableRuntime;
  facts().version.configuration.handler = "echo_exe";
  facts().files = std::set<std::string>{"echo_exe"};
  function("{}");
  EXPECT_EQ(built().functions.at(0).encoding, Encoding::binary);

  input_.definitions.functions[0].encoding = Encoding::json;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("needs the EncodingType binary")));
  input_.definitions.functions[0].encoding = Encoding::binary;
  input_.definitions.functions[0].executable = "other";
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("there is no file \"other\"")));
}

TEST_F(DeploymentBuilderTest, ExactlyOneCore) {
  input_.definitions.cores.clear();
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("InvalidCoreDefinition: a group needs exactly one core; this one has 0")));
  read(Family::cores, kCoreDefinition);
  read(Family::cores, kCoreDefinition);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("has 2")));
}

TEST_F(DeploymentBuilderTest, TheCoreMustBeRegistered) {
  input_.core.thing_exists = false;
  EXPECT_THAT(problems(), ElementsAre("InvalidCoreDefinition: the thing core does not exist"));
  input_.core.thing_exists = true;
  input_.core.certificate = CertificateStatus::inactive;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is INACTIVE, not ACTIVE")));
  input_.core.certificate.reset();
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("InvalidCoreCertificate")));
  input_.core.certificate = CertificateStatus::active;
  input_.core.certificate_attached = false;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is not attached to the thing core")));
}

TEST_F(DeploymentBuilderTest, CoresAndGroupsMoveOnlyAfterAReset) {
  input_.core.held_by = GroupId("other");
  input_.core.holder = "Line 4";
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("the core core runs the group \"Line 4\" (other)"),
                                            HasSubstr("aws greengrass reset-deployments --group-id other"))));
  input_.core.held_by = GroupId();
  input_.core.deployed_on = ThingName("elsewhere");
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("deployed on the core elsewhere"),
                                            HasSubstr("aws greengrass reset-deployments --group-id g "))));
}

TEST_F(DeploymentBuilderTest, DevicesGoToTheCoreAndMayBeEndsOfRows) {
  device();
  subscription(kDeviceArn, "cloud");
  subscription("cloud", kDeviceArn);
  const Group group = built();
  ASSERT_EQ(group.devices.size(), 1U);
  EXPECT_EQ(group.devices[0].thing.str(), kDeviceArn);
  EXPECT_EQ(certificate_id(group.devices[0]), "cd");
  EXPECT_TRUE(group.devices[0].sync_shadow);
  EXPECT_EQ(group.subscriptions.at(0).source, Endpoint::parse(kDeviceArn).value());
  EXPECT_EQ(group.subscriptions.at(1).target, Endpoint::parse(kDeviceArn).value());
}

TEST_F(DeploymentBuilderTest, ADeviceNeedsItsThingAndAnActiveCertificate) {
  device();
  input_.devices.begin()->second = {true, CertificateStatus::inactive};
  EXPECT_THAT(problems(), ElementsAre("InvalidDeviceCertificate: device dev: the certificate "
                                      "arn:aws:iot:us-west-2:123456789012:cert/cd is INACTIVE, not ACTIVE"));
  input_.devices.clear();
  EXPECT_THAT(problems(), ElementsAre("InvalidDevice: device dev: the thing does not exist",
                                      AllOf(HasSubstr("InvalidDeviceCertificate"), HasSubstr("not registered"))));
}

TEST_F(DeploymentBuilderTest, ADeviceIsInAGroupOnceAndTheirNumberIsBounded) {
  device();
  device();
  EXPECT_THAT(problems(), ElementsAre("InvalidDevice: the device dev is in the group twice"));
  input_.definitions.devices.resize(kMaxDevicesPerGroup + 1, input_.definitions.devices[0]);
  EXPECT_THAT(problems(), ElementsAre("InvalidDevice: a group has at most 2500 devices"));
}

TEST_F(DeploymentBuilderTest, RowsNameDevicesOfTheGroup) {
  subscription(kDeviceArn, "cloud");
  EXPECT_THAT(problems(), ElementsAre("InvalidSubscription: subscription s: " + std::string(kDeviceArn) +
                                      " is not a client device of the group (spell it exactly as there)"));
}

TEST_F(DeploymentBuilderTest, WhatIsNotBuiltYetIsNamed) {
  device();
  read(Family::resources, R"({"Resources":[{"Id":"r","Name":"R","ResourceDataContainer":)"
                          R"({"SecretsManagerSecretResourceData":{"ARN":"arn:aws:secretsmanager:x"}}}]})");
  read(Family::connectors,
       R"({"Connectors":[{"Id":"k","ConnectorArn":"arn:aws:greengrass:us-west-2::/connectors/SNS/versions/4"}]})");
  subscription("arn:aws:iot:us-west-2:123456789012:thing/dev", "GGShadowService");
  subscription("arn:aws:greengrass:us-west-2::/connectors/SNS/versions/4", "cloud");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("connectors"), HasSubstr("the resource r is a SecretsManager.Secret"),
                                      HasSubstr("GGShadowService"), HasSubstr("is a connector")));
  for (const std::string& problem : problems()) EXPECT_THAT(problem, HasSubstr("NotSupportedYet: "));
}

constexpr std::string_view kResources =
    R"({"Resources":[{"Id":"disk","Name":"Disk","ResourceDataContainer":{"LocalVolumeResourceData":)"
    R"({"SourcePath":"/srv/data/","DestinationPath":"/data","GroupOwnerSetting":{"AutoAddGroupOwner":true}}}},)"
    R"({"Id":"tty","Name":"Tty","ResourceDataContainer":{"LocalDeviceResourceData":{"SourcePath":"/dev/ttyS0"}}},)"
    R"({"Id":"host","Name":"Proc","ResourceDataContainer":{"LocalVolumeResourceData":)"
    R"({"SourcePath":"/proc","DestinationPath":"/host-proc"}}}]})";

TEST_F(DeploymentBuilderTest, ResourcesGoToTheFunctionsThatAttachThem) {
  read(Family::resources, kResources);
  function(R"({"Environment":{"ResourceAccessPolicies":[{"ResourceId":"disk","Permission":"rw"},)"
           R"({"ResourceId":"tty"}]}})");
  const Group group = built();
  EXPECT_EQ(group.resources.size(), 3U);
  const auto& attached = group.functions.at(0).resources;
  ASSERT_EQ(attached.size(), 2U);
  EXPECT_EQ(attached[0].resource.source, "/srv/data");
  EXPECT_EQ(attached[0].resource.destination, "/data");
  EXPECT_TRUE(attached[0].resource.owner.automatic);
  EXPECT_EQ(attached[0].access, Access::read_write);
  EXPECT_EQ(attached[1].resource.destination, "/dev/ttyS0");
  EXPECT_EQ(attached[1].access, Access::read_only);
}

TEST_F(DeploymentBuilderTest, AttachedResourcesMustExistAndNeedAContainer) {
  read(Family::resources, kResources);
  function(R"({"Environment":{"ResourceAccessPolicies":[{"ResourceId":"gone","Permission":"rw"}]}})");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("InvalidResourceReference: function " + arn_of("prod").str() +
                                                ": ResourceAccessPolicies[0].ResourceId: the group has no resource")));
  input_.definitions.functions[0].resources = {{"disk", Access::read_only}, {"tty", Access::read_only}};
  input_.definitions.default_execution.isolation = Isolation::none;
  EXPECT_THAT(problems(),
              ElementsAre("InvalidFunctionConfiguration: Function " + arn_of("prod").str() +
                              " refers to resource of type Local.Volume that is not allowed in "
                              "IsolationMode=NoContainer.",
                          HasSubstr("of type Local.Device that is not allowed in IsolationMode=NoContainer.")));
}

TEST_F(DeploymentBuilderTest, TheHostsProcIsForReadingOnly) {
  read(Family::resources, kResources);
  function(R"({"Environment":{"ResourceAccessPolicies":[{"ResourceId":"host","Permission":"rw"}]}})");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("Permission of host (/proc) can only be ro")));
}

TEST_F(DeploymentBuilderTest, AGroupHasAtMostFiftyResources) {
  for (std::size_t i = 0; i <= kMaxResourcesPerGroup; ++i) {
    input_.definitions.resources.push_back({std::to_string(i), "n", "Local.Volume", Resource()});
  }
  EXPECT_THAT(problems(), ElementsAre("InvalidResource: a group has at most 50 resources"));
}

TEST_F(DeploymentBuilderTest, AMemorySizeOfZeroIsNone) {
  function(R"({"MemorySize":0})", R"({"Execution":{"IsolationMode":"NoContainer"}})");
  EXPECT_EQ(built().functions.at(0).memory_kb, std::nullopt);
}

TEST_F(DeploymentBuilderTest, EmptyDefinitionsOfUnbuiltKindsAreFine) {
  read(Family::devices, R"({"Devices":[]})");
  read(Family::resources, "{}");
  read(Family::connectors, R"({"Connectors":[]})");
  EXPECT_TRUE(built().functions.empty());
}

TEST_F(DeploymentBuilderTest, LoggersAreTaken) {
  read(Family::loggers,
       R"({"Loggers":[{"Id":"s","Component":"GreengrassSystem","Level":"WARN","Type":"FileSystem","Space":25600},)"
       R"({"Id":"l","Component":"Lambda","Level":"DEBUG","Type":"FileSystem"}]})");
  EXPECT_THAT(built().loggers, ElementsAre(LoggerConfig{LogComponent::system, log::Level::warn, 25600},
                                           LoggerConfig{LogComponent::lambda, log::Level::debug, 128}));
}

TEST_F(DeploymentBuilderTest, WhatTheConsolesDefaultGroupNamesIsTaken) {
  const auto system = [](std::string_view name, std::string_view more = "") {
    return std::string(R"({"Id":")").append(name) + R"(","FunctionArn":"arn:aws:lambda:::function:)" +
           std::string(name) + "\"" + std::string(more) + "}";
  };
  read(Family::functions,
       R"({"Functions":[)" +
           system("GGIPDetector:1", R"(,"FunctionConfiguration":{"Pinned":true,"MemorySize":32768})") + "," +
           system("GGTESService") + "," +
           system("GGCloudSpooler:1", R"(,"FunctionConfiguration":{"Executable":"spooler","Environment":{"Variables":)"
                                      R"({"GG_CONFIG_STORAGE_TYPE":"FileSystem"}}})") +
           "]}");
  read(Family::loggers, R"({"Loggers":[{"Id":"l","Component":"Lambda","Level":"INFO","Type":"AWSCloudWatch"}]})");
  input_.definitions.cores[0].sync_shadow = true;
  const Group group = built();
  ASSERT_EQ(group.system_functions.size(), 3U);
  EXPECT_EQ(group.system_functions[0].arn.str(), "arn:aws:lambda:::function:GGIPDetector:1");
  EXPECT_THAT(group.system_functions[2].environment,
              ElementsAre(std::pair<const std::string, std::string>("GG_CONFIG_STORAGE_TYPE", "FileSystem")));
  EXPECT_TRUE(group.functions.empty());
  EXPECT_THAT(group.loggers,
              ElementsAre(LoggerConfig{LogComponent::lambda, log::Level::info, 128, LogDestination::cloud_watch}));
  EXPECT_TRUE(group.sync_core_shadow);
}

TEST_F(DeploymentBuilderTest, SystemFunctionsHaveTheirNamesAndAreThereOnce) {
  read(Family::functions, R"({"Functions":[{"Id":"a","FunctionArn":"arn:aws:lambda:::function:hello:1"},)"
                          R"({"Id":"d","FunctionArn":"arn:aws:lambda:::function:GGNoSuch:1"},)"
                          R"({"Id":"b","FunctionArn":"arn:aws:lambda:::function:GGTES"},)"
                          R"({"Id":"c","FunctionArn":"arn:aws:lambda:::function:GGTES:1"}]})");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("there is no such system function; there are: GGCloudSpooler, "),
                                      HasSubstr("GGNoSuch:1: there is no such system function"),
                                      "InvalidFunctionArn: GGTES is in the group twice"));
}

TEST_F(DeploymentBuilderTest, GroupsHaveBounds) {
  for (std::size_t i = 0; i <= kMaxFunctionsPerGroup; ++i) {
    FunctionEntry entry;
    entry.id = std::to_string(i);
    entry.arn = arn_of("prod");
    input_.definitions.functions.push_back(entry);
  }
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("at most 200 functions")));
  input_.definitions.functions.clear();
  function(R"({"Environment":{"Variables":{"A":")" + std::string(17 << 20, 'x') + "\"}}}");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("GroupTooLarge")));
}

TEST_F(DeploymentBuilderTest, ProblemsOfTheDefinitionsCount) {
  input_.definitions.problems.push_back({"InvalidReference", "the loggers definition version x was deleted"});
  EXPECT_THAT(problems(), ElementsAre("InvalidReference: the loggers definition version x was deleted"));
}

}  // namespace
}  // namespace fescue::cloud
