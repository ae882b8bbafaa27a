// A group with parts that are not built runs, and says so once for each of them.
#include "core/unbuilt_parts.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SystemFunction system(const std::string& name, std::map<std::string, std::string> environment = {}) {
  return {FunctionArn::parse("arn:aws:lambda:::function:" + name).value(), std::move(environment)};
}

TEST(UnbuiltParts, NamesWhatTheGroupDoesNotGet) {
  Group group;
  group.system_functions = {system("GGIPDetector:1"), system("GGTESService"), system("GGRouter"), system("GGNovelty")};
  group.loggers = {{LogComponent::lambda, log::Level::info, 128, LogDestination::cloud_watch},
                   {LogComponent::system, log::Level::info, 128, LogDestination::file_system}};
  group.sync_core_shadow = true;
  EXPECT_THAT(unbuilt_parts(group), ElementsAre(HasSubstr("GGIPDetector:1: the core's addresses are not reported"),
                                                HasSubstr("GGTESService: there are no credentials"),
                                                HasSubstr("GGNovelty: this core knows no"),
                                                HasSubstr("Lambda to AWSCloudWatch"), HasSubstr("SyncShadow")));
}

TEST(UnbuiltParts, NamesAFewOfTheDevicesWhoseShadowsAreToBeSynchronised) {
  Group group;
  for (const char* name : {"a", "b", "c", "d"}) {
    group.devices.push_back({ThingArn::make(Region("r"), AccountId("1"), ThingName(name)), "cert/x", false});
  }
  EXPECT_THAT(unbuilt_parts(group), IsEmpty());
  group.devices[1].sync_shadow = true;
  EXPECT_THAT(unbuilt_parts(group), ElementsAre(HasSubstr("SyncShadow of 1 device (b): there are no shadows")));
  for (Device& device : group.devices) device.sync_shadow = true;
  EXPECT_THAT(unbuilt_parts(group), ElementsAre(HasSubstr("SyncShadow of 4 devices (a, b, c, ...): ")));
}

TEST(UnbuiltParts, TheSpoolersDefaultsAreWhatTheCoreDoes) {
  Group group;
  group.system_functions = {system("GGCloudSpooler:1", {{"GG_CONFIG_STORAGE_TYPE", "Memory"}})};
  EXPECT_THAT(unbuilt_parts(group), IsEmpty());
  group.system_functions = {
      system("GGCloudSpooler:1", {{"GG_CONFIG_STORAGE_TYPE", "FileSystem"}, {"GG_CONFIG_MAX_SIZE_BYTES", "2621440"}})};
  EXPECT_THAT(unbuilt_parts(group), ElementsAre(HasSubstr(":1: GG_CONFIG_STORAGE_TYPE=FileSystem has no effect yet")));
  group.system_functions = {system("GGCloudSpooler:1", {{"GG_CONFIG_FOO", "1"}})};
  EXPECT_THAT(unbuilt_parts(group), ElementsAre(HasSubstr(":1: the spooler has no variable GG_CONFIG_FOO")));
}

TEST(UnbuiltParts, SpeaksOfTheGroupThatRuns) {
  auto group = std::make_shared<Group>();
  group->sync_core_shadow = true;
  UnbuiltParts parts;
  parts.prepare({group, {}}, [](const Result<void>& prepared) { EXPECT_TRUE(prepared); });
  EXPECT_THAT(parts.remarks(), IsEmpty());
  parts.roll_back();
  parts.prepare({group, {}}, [](const Result<void>& prepared) { EXPECT_TRUE(prepared); });
  parts.commit();
  EXPECT_THAT(parts.remarks(), ElementsAre(HasSubstr("SyncShadow")));
  EXPECT_EQ(parts.warnings(), parts.remarks());
  bool ended = false;
  parts.deactivate([&] { ended = true; });
  EXPECT_TRUE(ended);
  EXPECT_THAT(parts.remarks(), IsEmpty());
}

}  // namespace
}  // namespace fescue
