// Groups whose functions have volumes, with real containers: what a start would refuse is refused before it.
#include "functions/function_service_test_support.h"

namespace fescue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FunctionRehearsalTest : public FunctionServiceTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "containers need root";
    FunctionServiceTest::SetUp();
    for (const char* name : {"runtime", "sockets", "data"}) std::filesystem::create_directory(root_ / name);
    worker_sockets_.directory = root_ / "sockets";
    ::chmod((root_ / "data").c_str(), 0777);
  }

  /// In a container, with the directory `data` at this place.
  FunctionConfig boxed(const std::string& name, const std::string& place) {
    FunctionConfig config = function(name, "echo ran > /data/ran");
    config.isolation = Isolation::container;
    config.memory_kb = 65536;
    const std::string source = root_ / "data";
    config.resources.push_back({{"disk", "disk", ResourceKind::volume, source, place, {}}, Access::read_write});
    return config;
  }
  std::string outcome(std::vector<FunctionConfig> functions) {
    activate(std::move(functions));
    if (!wait_until([&] { return activated_.has_value(); })) return "no outcome";
    return *activated_ ? "" : activated_->error().message();
  }
};

TEST_F(FunctionRehearsalTest, APlaceThatCannotBeHadFailsThePreparation) {
  const std::string free = outcome({boxed("boxed:1", "/data")});
  if (free.find("this core has none") != std::string::npos) GTEST_SKIP() << free;
  EXPECT_EQ(free, "");
  EXPECT_FALSE(std::filesystem::exists(root_ / "data/ran"));  // no code of a function's runs
  EXPECT_THAT(outcome({boxed("boxed:2", "/etc/passwd")}),
              AllOf(HasSubstr("function:boxed:2: group config is invalid: the resource "),
                    HasSubstr("/data: /etc/passwd is not a directory on the host")));
  EXPECT_EQ(outcome({boxed("boxed:3", "/new/place"), boxed("other:1", "/data")}), "");
  EXPECT_THAT(worker_sockets_.opened, IsEmpty());
  EXPECT_EQ(service_->counters().workers_rehearsed, 4U);
  EXPECT_EQ(service_->counters().workers_started, 0U);
}

TEST_F(FunctionRehearsalTest, AVolumeThatHidesTheProgramsInterpreterFailsIt) {
  const std::string why = outcome({boxed("boxed:1", "/usr/bin")});
  if (why.find("this core has none") != std::string::npos) GTEST_SKIP() << why;
  EXPECT_THAT(why, HasSubstr("run /lambda/run: it needs /bin/sh, which is not there; does a volume hide what the "
                             "function runs with? (" +
                             (root_ / "data").string() + " at /usr/bin)"));
}

TEST_F(FunctionRehearsalTest, AnInterpreterIsRunWithWhatTheVolumesLeaveOfIt) {
  const std::string name = std::filesystem::canonical("/usr/bin/python3").filename();
  const auto with_place = [&](const std::string& function, const std::string& place) {
    FunctionConfig config = boxed(function, place);
    config.runtime = name;
    config.handler = "app.handler";
    config.encoding = Encoding::json;
    return config;
  };
  const std::string free = outcome({with_place("boxed:1", "/data")});
  if (free.find("this core has none") != std::string::npos) GTEST_SKIP() << free;
  EXPECT_EQ(free, "");
  EXPECT_THAT(
      outcome({with_place("boxed:2", "/usr/lib/" + name)}),
      HasSubstr("group config is invalid: /usr/bin/" + name + " does not start (exit status 1); does a volume"));
  EXPECT_THAT(outcome({with_place("boxed:3", "/usr")}), HasSubstr("run /usr/bin/" + name + ": No such file"));
}

TEST_F(FunctionRehearsalTest, ADeactivationMeanwhileCancelsThePreparation) {
  activate({boxed("boxed:1", "/data")});
  bool is_done = false;
  service_->deactivate([&] { is_done = true; });
  ASSERT_TRUE(wait_until([&] { return is_done; }));
  ASSERT_TRUE(activated_.has_value());
  EXPECT_FALSE(*activated_);
}

}  // namespace
}  // namespace fescue
