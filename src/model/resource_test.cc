// V1's rules on paths, places and permissions of resources, case by case.
#include "model/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using ::testing::HasSubstr;

TEST(NormalPath, TakesOutWhatMeansNothing) {
  EXPECT_EQ(normal_path("/a//b/").value(), "/a/b");
  EXPECT_EQ(normal_path("/").value(), "/");
  EXPECT_EQ(normal_path("//").value(), "/");
  EXPECT_EQ(normal_path("/..a/b.").value(), "/..a/b.");
}

TEST(NormalPath, RefusesWhatCouldMeanSomethingElse) {
  for (const std::string& text : {std::string("a"), std::string(), std::string("/a/../b"), std::string("/a/."),
                                  std::string("/a\0b", 4), "/" + std::string(4095, 'a')}) {
    EXPECT_EQ(normal_path(text).error().code(), Code::invalid_argument) << text;
  }
}

TEST(NormalPath, IsNoLongerThanLinuxTakes) {
  std::string longest;
  while (longest.size() < 4095) longest += "/" + std::string(std::min<std::size_t>(254, 4094 - longest.size()), 'a');
  ASSERT_EQ(longest.size(), 4095U);
  EXPECT_EQ(normal_path(longest).value(), longest);
  EXPECT_THAT(normal_path(longest + "a").error().message(), HasSubstr("has 4096 bytes; a path has at most 4095"));
  EXPECT_TRUE(normal_path("/" + std::string(255, 'a') + "/b"));
  EXPECT_THAT(normal_path("/b/" + std::string(256, 'a') + "/b").error().message(),
              HasSubstr("has a name of 256 bytes in it; names have at most 255"));
}

Resource volume(std::string source, std::string destination) {
  return {"r", "R", ResourceKind::volume, std::move(source), std::move(destination), {}};
}

TEST(Resources, VolumesComeFromWhereV1LetThem) {
  for (const char* source : {"/srv", "/proc", "/proc/cpuinfo", "/dev/shm", "/usr", "/variety"}) {
    EXPECT_TRUE(check(volume(source, "/here"))) << source;
  }
  for (const char* source : {"/sys", "/sys/class", "/dev", "/dev/ttyS0", "/var", "/var/run", "/"}) {
    const auto checked = check(volume(source, "/here"));
    ASSERT_FALSE(checked) << source;
    EXPECT_THAT(checked.error().message(), HasSubstr(source));
  }
}

TEST(Resources, VolumesGoWhereTheContainerHasNothingOfItsOwn) {
  for (const char* place : {"/srv", "/tmp", "/usr", "/dev/shm", "/host-proc", "/lambdas"}) {
    EXPECT_TRUE(check(volume("/srv", place))) << place;
  }
  for (const char* place :
       {"/", "/proc", "/proc/x", "/sys", "/dev", "/dev/x", "/lambda/x", "/runtime", "/greengrass_ipc.sock"}) {
    EXPECT_FALSE(check(volume("/srv", place))) << place;
  }
}

TEST(Resources, DevicesAreBelowDev) {
  for (const auto& [source, is_fine] :
       {std::pair{"/dev/ttyS0", true}, std::pair{"/dev/bus/usb", true}, std::pair{"/dev", false},
        std::pair{"/dev/shm/x", false}, std::pair{"/etc/passwd", false}}) {
    EXPECT_EQ(check(Resource{"r", "R", ResourceKind::device, source, source, {}}).has_value(), is_fine) << source;
  }
}

TEST(Attached, ProcIsReadAndSharedMemoryIsWritten) {
  EXPECT_TRUE(check(AttachedResource{volume("/proc", "/p"), Access::read_only}));
  EXPECT_FALSE(check(AttachedResource{volume("/proc", "/p"), Access::read_write}));
  EXPECT_TRUE(check(AttachedResource{volume("/dev/shm", "/dev/shm"), Access::read_write}));
  EXPECT_FALSE(check(AttachedResource{volume("/dev/shm", "/dev/shm"), Access::read_only}));
}

TEST(Attached, EachOnceAndEachAtAPlaceOfItsOwn) {
  Resource a = volume("/srv/a", "/a");
  Resource b = volume("/srv/b", "/b");
  b.id = "b";
  EXPECT_TRUE(check(std::vector<AttachedResource>{{a, {}}, {b, {}}}));
  b.destination = "/a";
  EXPECT_THAT(check(std::vector<AttachedResource>{{a, {}}, {b, {}}}).error().message(), HasSubstr("the place /a"));
  EXPECT_THAT(check(std::vector<AttachedResource>{{a, {}}, {a, {}}}).error().message(), HasSubstr("attached twice"));
  std::vector<AttachedResource> many;
  for (std::size_t i = 0; i <= kMaxResourcesPerFunction; ++i) {
    const std::string number = std::to_string(i);
    Resource one = volume("/srv", "/" + number);
    one.id = number;
    many.push_back({one, {}});
  }
  EXPECT_THAT(check(many).error().message(), HasSubstr("at most 20"));
}

}  // namespace
}  // namespace fescue
