// Searches in directories with scripts that say which version they are.
#include "functions/launch/interpreters.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

constexpr UserIds kOtherUser{54321, 54321};

class Interpreters : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_ / "bin");
    search_.directories = {(root_ / "bin").string(), (root_ / "local").string()};
    search_.jvms = (root_ / "jvm").string();
    ::chmod(root_.c_str(), 0755);
    ::chmod((root_ / "bin").c_str(), 0755);
  }

  std::string put(const std::string& name, mode_t mode) {
    const std::string path = root_ / name;
    std::ofstream(path) << "#!/bin/sh\n";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  const TempDirectory own_;
  const std::filesystem::path root_ = own_.path();
  InterpreterSearch search_;
};

TEST_F(Interpreters, TheExactNameInTheKnownDirectories) {
  const std::string path = put("bin/python3.11", 0755);
  EXPECT_EQ(choose_interpreter("python3.11", search_, kOtherUser)->path, path);
  const auto other = choose_interpreter("python3.12", search_, kOtherUser);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), Code::not_found);
  EXPECT_NE(other.error().message().find("runtime python3.12: there is no python3.12 in "), std::string::npos);
  EXPECT_NE(other.error().message().find("fescue.runtimes"), std::string::npos);
}

TEST_F(Interpreters, WhatTheUserCannotRunDoesNotCount) {
  const std::string path = put("bin/python3.11", 0750);
  const auto found = choose_interpreter("python3.11", search_, kOtherUser);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::permission_denied);
  EXPECT_NE(found.error().message().find(path + " is closed to uid 54321 (mode 0750"), std::string::npos);
  EXPECT_TRUE(choose_interpreter("python3.11", search_, UserIds{::getuid(), ::getgid()}));
}

TEST_F(Interpreters, ADirectoryOnTheWayCounts) {
  put("bin/python3.11", 0755);
  ::chmod(root_.c_str(), 0700);
  const auto found = choose_interpreter("python3.11", search_, kOtherUser);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message().find(root_.string() + " is closed"), std::string::npos);
}

TEST_F(Interpreters, TheTargetOfALinkCountsWithItsDirectories) {
  std::filesystem::create_directories(root_ / "closed");
  const std::string target = put("closed/python", 0755);
  std::filesystem::create_symlink(target, root_ / "bin/python3.11");
  ::chmod((root_ / "closed").c_str(), 0755);
  EXPECT_TRUE(choose_interpreter("python3.11", search_, kOtherUser));
  ::chmod((root_ / "closed").c_str(), 0700);
  EXPECT_FALSE(choose_interpreter("python3.11", search_, kOtherUser));
}

TEST_F(Interpreters, TheConfigurationIsTheLastWord) {
  put("bin/python3.11", 0755);
  search_.configured["python3.11"] = put("own", 0755);
  EXPECT_EQ(choose_interpreter("python3.11", search_, kOtherUser)->path, (root_ / "own").string());
  search_.configured["python3.11"] = (root_ / "absent").string();
  EXPECT_EQ(choose_interpreter("python3.11", search_, kOtherUser).error().code(), Code::not_found);
}

TEST_F(Interpreters, ADirectoryOrAFileWithoutTheBitIsNoProgram) {
  std::filesystem::create_directories(root_ / "bin/python3.11");
  EXPECT_FALSE(choose_interpreter("python3.11", search_, kOtherUser));
  put("bin/python3.12", 0644);
  EXPECT_FALSE(choose_interpreter("python3.12", search_, UserIds{0, 0}));
}

TEST_F(Interpreters, TheNearestNewerStandsInWithARemark) {
  put("bin/python2.7", 0755);
  put("bin/python3.6", 0755);
  put("bin/python3.9", 0700);
  put("bin/python3.x", 0755);
  put("bin/python3.12", 0755);
  const std::string path = put("bin/python3.11", 0755);
  const auto found = choose_interpreter("python3.7", search_, kOtherUser);
  EXPECT_EQ(found->path, path);
  EXPECT_EQ(found->remark, "there is no python3.7; " + path + ", which is Python 3.11, runs it");
  EXPECT_EQ(choose_interpreter("python3.11", search_, kOtherUser)->remark, "");
  EXPECT_FALSE(choose_interpreter("python3.13", search_, kOtherUser));
  EXPECT_FALSE(choose_interpreter("python2.6", search_, kOtherUser)->remark.empty());
  search_.strict = true;
  EXPECT_FALSE(choose_interpreter("python3.7", search_, kOtherUser));
  EXPECT_TRUE(choose_interpreter("python3.12", search_, kOtherUser));
}

TEST_F(Interpreters, ANodeIsAskedForItsVersion) {
  const std::string path = put("bin/node", 0755);
  const auto answers = [&](const std::string& text) {
    std::ofstream(path) << "#!/bin/sh\ntest \"$1\" = --version && printf '" << text << "'\n";
    search_.versions = std::make_shared<VersionProbe>();
    return choose_interpreter("nodejs12.x", search_, kOtherUser);
  };
  EXPECT_EQ(answers("v12.22.12\\n")->remark, "");
  EXPECT_EQ(answers("v20.1.0\\n")->remark, "there is no nodejs12.x; " + path + ", which is Node.js 20.1, runs it");
  EXPECT_EQ(choose_interpreter("nodejs20.x", search_, kOtherUser)->path, path);
  for (const char* useless : {"v10.1.0\\n", "12.1.0\\n", "v12\\n", "", "Usage"})
    EXPECT_FALSE(answers(useless)) << useless;
}

TEST_F(Interpreters, AllThatAreThereNewestFirstEachProgramOnce) {
  const std::string older = put("bin/python3.9", 0755), closed = put("bin/python3.12", 0700);
  std::ofstream(put("bin/node", 0755)) << "#!/bin/sh\necho v20.1.0\n";
  std::filesystem::create_symlink(root_ / "bin/node", root_ / "bin/nodejs");
  std::filesystem::create_symlink(root_ / "gone", root_ / "bin/python3.8");
  search_.configured["python3.9"] = older;
  std::vector<std::string> said;
  for (const FoundInterpreter& each : list_interpreters(search_, kOtherUser)) {
    said.push_back(each.path.substr(root_.string().size()) + " " + each.version.runtime() + (each.usable ? "" : " -"));
  }
  ASSERT_EQ(said.size(), 4U) << ::testing::PrintToString(said);
  EXPECT_EQ(said[0], "/bin/python3.12 python3.12 -");
  EXPECT_EQ(said[1], "/bin/python3.9 python3.9");
  EXPECT_EQ(said[2], "/bin/python3.8 python3.8 -");
  EXPECT_EQ(said[3].substr(0, 9) + said[3].substr(said[3].find(' ')), "/bin/node nodejs20.x");
}

TEST_F(Interpreters, NamesAsOfV1WinOverTheNearestNewer) {
  std::ofstream(put("bin/node", 0755)) << "#!/bin/sh\necho v14.0.0\n";
  const std::string path = put("local", 0755);  // not a directory: skipped
  search_.configured["nodejs18.x"] = path;
  put("bin/nodejs16.x", 0755);
  EXPECT_EQ(choose_interpreter("nodejs16.x", search_, kOtherUser)->path, (root_ / "bin/nodejs16.x").string());
  EXPECT_EQ(choose_interpreter("nodejs12.x", search_, kOtherUser)->path, (root_ / "bin/node").string());
  EXPECT_EQ(choose_interpreter("nodejs17.x", search_, kOtherUser)->path, path);
  EXPECT_FALSE(choose_interpreter("nodejs20.x", search_, kOtherUser));
}

TEST_F(Interpreters, AJavaIsKnownByTheReleaseOfItsJdkOrByWhatItSays) {
  std::filesystem::create_directories(root_ / "jvm/jdk-25/bin");
  const std::string newer = put("jvm/jdk-25/bin/java", 0755);
  std::ofstream(root_ / "jvm/jdk-25/release") << "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n";
  EXPECT_EQ(choose_interpreter("java25", search_, kOtherUser)->remark, "");
  EXPECT_EQ(choose_interpreter("java8.al2", search_, kOtherUser)->remark,
            "there is no java8.al2; " + newer + ", which is Java 25, runs it");
  const std::string older = put("bin/java", 0755);
  std::ofstream(older) << "#!/bin/sh\ntest \"$1\" = -version && echo 'openjdk version \"1.8.0_402\"' >&2\n";
  EXPECT_EQ(choose_interpreter("java8.al2", search_, kOtherUser)->path, older);
  EXPECT_EQ(choose_interpreter("java8", search_, kOtherUser)->remark, "");
  EXPECT_EQ(choose_interpreter("java11", search_, kOtherUser)->path, newer);
  EXPECT_FALSE(choose_interpreter("java26", search_, kOtherUser));
  search_.strict = true;
  EXPECT_FALSE(choose_interpreter("java11", search_, kOtherUser));
  const std::string named = put("bin/java11", 0755);
  EXPECT_EQ(choose_interpreter("java11", search_, kOtherUser)->path, named);
}

TEST(RuntimeVersions, WhatJvmsSay) {
  EXPECT_EQ(parse_java_release("A=\"1\"\nJAVA_VERSION=\"1.8.0_402\"\n")->major, 8);
  EXPECT_EQ(parse_java_answer("openjdk version \"21-ea\" 2023-09-19\n")->major, 21);
  for (const char* text : {"", "JAVA_VERSION=", "JAVA_VERSION=\"x\"", "JAVA_RUNTIME_VERSION=\"17.0.15+6\""}) {
    EXPECT_FALSE(parse_java_release(text)) << text;
  }
}

TEST(RuntimeVersions, WhatIsExactAndWhatIsNewer) {
  const auto version = [](const char* runtime) { return *parse_runtime(runtime); };
  EXPECT_TRUE(is_exactly(version("nodejs6.17"), version("nodejs6.10")));
  EXPECT_FALSE(is_exactly(version("nodejs6.9"), version("nodejs6.10")));
  EXPECT_FALSE(is_newer(version("nodejs6.9"), version("nodejs6.10")));
  EXPECT_TRUE(is_newer(version("nodejs8.10"), version("nodejs6.10")));
  EXPECT_FALSE(is_exactly(version("python3.12"), version("python3.11")));
  EXPECT_TRUE(is_newer(version("python3.12"), version("python3.11")));
  EXPECT_FALSE(is_newer(version("python3.12"), version("python2.7")));
  EXPECT_FALSE(is_newer(version("nodejs8.10"), version("python2.7")));
  for (const char* runtime : {"python", "python3", "python3.", "python3.x", "nodejs", "nodejs12", "nodejs12.x1",
                              "nodejs-1.2", "java", "java8.al3", "java8x", "", "python99999999999.1"}) {
    EXPECT_FALSE(parse_runtime(runtime)) << runtime;
  }
}

}  // namespace
}  // namespace fescue
