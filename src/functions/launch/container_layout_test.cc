// Layouts for a host that the test makes up: places, groups, permissions, refusals.
#include "functions/launch/container_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = SourceFacts::Kind;

constexpr UserIds kUser{1001, 2001};

/// A host with these sources; the group "video" is 44; group 0 is never granted.
class ContainerLayoutTest : public ::testing::Test {
 protected:
  HostView host() const {
    return {.source =
                [this](const std::string& path) {
                  const auto found = sources_.find(path);
                  return found == sources_.end() ? SourceFacts() : found->second;
                },
            .place =
                [this](const std::string& path) {
                  const auto found = places_.find(path);
                  return found == places_.end() ? path : found->second;
                },
            .group = [](const std::string& name) -> Result<gid_t> {
              if (name == "video") return 44U;
              return Error(Code::not_found, "no group " + name);
            },
            .may_grant = [](gid_t gid) { return gid != 0; },
            .user_name = [](uid_t uid) { return uid == kUser.uid ? "ggc_user" : "u" + std::to_string(uid); },
            .group_name = [](gid_t gid) { return gid == kUser.gid ? "ggc_group" : "g" + std::to_string(gid); }};
  }
  void source(const std::string& path, Kind kind, uid_t owner, gid_t group, mode_t mode, const std::string& real = "") {
    sources_[path] = {kind, real.empty() ? path : real, owner, group, mode};
  }
  void attach(ResourceKind kind, const std::string& path, Access access, GroupOwner owner = {},
              const std::string& destination = "") {
    const std::string id = "r" + std::to_string(function_.resources.size());
    function_.resources.push_back({{id, id, kind, path, destination.empty() ? path : destination, owner}, access});
  }
  Result<ContainerLayout> layout(UserIds user = kUser) const { return lay_out_container(function_, user, host()); }
  std::string refusal() const {
    const auto made = layout();
    return made ? "" : made.error().message();
  }

  FunctionConfig function_;
  std::map<std::string, SourceFacts> sources_;
  std::map<std::string, std::string> places_;  // behind links
};

TEST_F(ContainerLayoutTest, ShowsNothingThatIsNotAttached) {
  const auto made = layout();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->resources, IsEmpty());
  EXPECT_THAT(made->groups, IsEmpty());
  EXPECT_FALSE(made->sysfs);
}

TEST_F(ContainerLayoutTest, VolumesAndDevicesWithTheGroupsThatOwnThem) {
  source("/srv/inner", Kind::directory, 5, 300, 0775);
  source("/srv/outer", Kind::directory, 5, 6, 0755);
  source("/dev/video0", Kind::device, 0, 44, 0660);
  attach(ResourceKind::volume, "/srv/inner", Access::read_write, {.automatic = true, .name = {}}, "/data/inner");
  attach(ResourceKind::volume, "/srv/outer", Access::read_only, {}, "/data");
  attach(ResourceKind::device, "/dev/video0", Access::read_write, {.name = "video"});
  function_.access_sysfs = true;
  const auto made = layout();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_THAT(made->groups, ElementsAre(300, 44));
  EXPECT_TRUE(made->sysfs);
  ASSERT_EQ(made->resources.size(), 3U);
  EXPECT_EQ(made->resources[0].destination, "/data");  // before what lies in it
  EXPECT_EQ(made->resources[1].destination, "/data/inner");
  EXPECT_EQ(made->resources[1].access, HostResource::Access::read_write);
  EXPECT_EQ(made->resources[2].destination, "/dev/video0");
  EXPECT_EQ(made->resources[2].kind, HostResource::Kind::device);
}

TEST_F(ContainerLayoutTest, WhereLinksLeadDecidesWhatIsAttachedFirst) {
  source("/srv/a", Kind::directory, 5, 6, 0755);
  attach(ResourceKind::volume, "/srv/a", Access::read_only, {}, "/lib/own/inner");
  attach(ResourceKind::volume, "/srv/a", Access::read_only, {}, "/usr/lib/own");
  places_["/lib/own/inner"] = "/usr/lib/own/inner";
  const auto made = layout();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->resources[0].destination, "/usr/lib/own");
  EXPECT_EQ(made->resources[1].destination, "/lib/own/inner");
  EXPECT_EQ(made->resources[1].place, "/usr/lib/own/inner");
}

TEST_F(ContainerLayoutTest, DestinationsAreJudgedByWhereLinksLead) {
  source("/srv/a", Kind::directory, 5, 6, 0755);
  attach(ResourceKind::volume, "/srv/a", Access::read_only, {}, "/lib/own");
  places_["/lib/own"] = "/proc/own";
  EXPECT_EQ(refusal(),
            "resource r0: group config is invalid: /lib/own is really /proc/own: DestinationPath /proc/own lies in "
            "the container's own /proc");
  places_["/lib/own"] = "/usr/lib/own";
  EXPECT_EQ(refusal(), "");
  attach(ResourceKind::volume, "/srv/a", Access::read_only, {}, "/usr/lib/own");
  EXPECT_EQ(refusal(),
            "resource r1: group config is invalid: DestinationPath /usr/lib/own is the same place as /lib/own, where "
            "the resource r0 is");
}

TEST_F(ContainerLayoutTest, MissingSourcesAndWrongKindsAreNamed) {
  attach(ResourceKind::volume, "/srv/gone", Access::read_only);
  EXPECT_THAT(refusal(), HasSubstr("resource r0: group config is invalid: file doesn't exist: /srv/gone"));
  EXPECT_EQ(layout().error().code(), Code::not_found);
  source("/srv/gone", Kind::device, 0, 0, 0666);
  EXPECT_THAT(refusal(), HasSubstr("is neither a file nor a directory"));
  function_.resources.clear();
  source("/dev/thing", Kind::file, 0, 0, 0666);
  attach(ResourceKind::device, "/dev/thing", Access::read_only);
  EXPECT_THAT(refusal(), HasSubstr("/dev/thing is not a device, nor a directory of devices"));
}

TEST_F(ContainerLayoutTest, WhatTheLauncherRefusesIsRefusedInItsWords) {
  attach(ResourceKind::volume, "/home/a/link", Access::read_only);
  sources_["/home/a/link"] = {Kind::refused, "/home/a/link", 0, 0, 0, "it passes through a symbolic link"};
  EXPECT_EQ(refusal(), "resource r0: group config is invalid: it passes through a symbolic link");
  EXPECT_EQ(layout().error().code(), Code::permission_denied);
}

TEST_F(ContainerLayoutTest, PermissionIsJudgedAsV1Did) {
  source("/srv/data", Kind::directory, 5, 300, 0750);
  attach(ResourceKind::volume, "/srv/data", Access::read_only);
  EXPECT_THAT(refusal(), HasSubstr("group config is invalid: ggc_user or [ggc_group] don't have ro permission on the "
                                   "file: /srv/data"));
  EXPECT_TRUE(refusal().ends_with("chmod it, or let GroupOwnerSetting add its group)")) << refusal();
  function_.resources[0].resource.owner.automatic = true;
  EXPECT_TRUE(layout());
  function_.resources[0].access = Access::read_write;
  EXPECT_THAT(refusal(), HasSubstr("ggc_user or [ggc_group g300] don't have rw permission on the file: /srv/data"));
  EXPECT_TRUE(refusal().ends_with("; chmod it)")) << refusal();
  source("/srv/data", Kind::directory, 5, 0, 0770);
  EXPECT_TRUE(refusal().ends_with("no function gets the group g0: chgrp it to another, or chmod it)")) << refusal();
  source("/srv/data", Kind::directory, 5, 300, 0750);
  EXPECT_TRUE(layout({0, 0}));  // root needs no permission
  source("/srv/data", Kind::directory, kUser.uid, 300, 0700);
  EXPECT_TRUE(layout());
}

TEST_F(ContainerLayoutTest, AGroupIsGrantedOnlyIfItOwnsTheSource) {
  source("/srv/data", Kind::directory, 5, 300, 0777);
  attach(ResourceKind::volume, "/srv/data", Access::read_write, {.name = "video"});
  EXPECT_THAT(refusal(), HasSubstr("GroupOwner: /srv/data belongs to the group g300, not to video"));
  function_.resources[0].resource.owner.name = "nobodys";
  EXPECT_THAT(refusal(), HasSubstr("this device has no group \"nobodys\""));
}

TEST_F(ContainerLayoutTest, GroupsThatOpenMoreAreLeftOutAloud) {
  source("/srv/data", Kind::directory, 0, 0, 0755);
  attach(ResourceKind::volume, "/srv/data", Access::read_only, {.automatic = true, .name = {}});
  const auto made = layout();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->groups, IsEmpty());
  EXPECT_THAT(made->notes, ElementsAre(HasSubstr("the group g0 of /srv/data opens more")));
}

TEST_F(ContainerLayoutTest, SymbolicLinksOfVolumesAreFollowedAndJudgedAnew) {
  source("/data", Kind::directory, 5, 6, 0755, "/srv/data");
  attach(ResourceKind::volume, "/data", Access::read_only);
  const auto made = layout();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->resources[0].source, "/srv/data");
  EXPECT_EQ(made->resources[0].destination, "/data");
  source("/data", Kind::directory, 5, 6, 0755, "/var/data");
  EXPECT_THAT(refusal(), HasSubstr("/data is really /var/data: SourcePath /var/data lies in /var"));
  function_.resources.clear();
  source("/dev/by-name", Kind::device, 5, 6, 0666, "/dev/ttyS0");
  attach(ResourceKind::device, "/dev/by-name", Access::read_only);
  EXPECT_THAT(refusal(), HasSubstr("is a symbolic link; name the device itself, /dev/ttyS0"));
}

TEST_F(ContainerLayoutTest, WhatTheCoreMayNotSeeIsLeftToTheLauncher) {
  source("/srv/private", Kind::unknown, 0, 0, 0);
  attach(ResourceKind::volume, "/srv/private", Access::read_write);
  EXPECT_TRUE(layout());
  function_.resources[0].resource.owner.automatic = true;
  EXPECT_THAT(refusal(), HasSubstr("name it as GroupOwner"));
}

TEST_F(ContainerLayoutTest, HomesAndTheCoresOwnAreHiddenUnlessAttached) {
  ContainerLayout made;
  const std::vector<std::string> own{"/greengrass"};
  EXPECT_TRUE(is_visible("/usr/bin/python3.11", own, made));
  EXPECT_TRUE(is_visible("/homes/x", own, made));
  EXPECT_FALSE(is_visible("/root/.pyenv/bin/python", own, made));
  EXPECT_FALSE(is_visible("/home/ggc_user", own, made));
  EXPECT_FALSE(is_visible("/greengrass/certs", own, made));
  made.resources.push_back({.id = "r", .source = "/root/.pyenv", .destination = "/root/.pyenv", .facts = {}});
  EXPECT_TRUE(is_visible("/root/.pyenv/bin/python", own, made));
}

TEST(WorkerLimits, ContainersHaveTheGroupsMemoryOrV1sDefault) {
  FunctionConfig function;
  EXPECT_EQ(worker_limits(function, {}).memory_kb, 16384U);
  EXPECT_EQ(worker_limits(function, {}).required, LimitsRequired::yes);
  function.memory_kb = 65536;
  EXPECT_EQ(worker_limits(function, {}).memory_kb, 65536U);
  EXPECT_EQ(worker_limits(function, {}).processes, kMaxProcessesOfWorker);
  function.isolation = Isolation::none;
  EXPECT_EQ(worker_limits(function, {}).memory_kb, 0U);
  EXPECT_EQ(worker_limits(function, {}).required, LimitsRequired::no);
  CgroupFacilities poor;
  poor.why_missing(CgroupUse::processes) = "no pids controller";
  EXPECT_EQ(worker_limits(function, poor).processes, 0U);
}

}  // namespace
}  // namespace fescue
