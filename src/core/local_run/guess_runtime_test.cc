// Packages of each language, and which runtime they are taken for.
#include "core/local_run/guess_runtime.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/group.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

namespace fs = std::filesystem;

class GuessRuntime : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"python2.7", "python3.9", "python3.11"}) add("bin/" + std::string(name), "#!/bin/sh\n");
    add("bin/node", "#!/bin/sh\necho v20.1.0\n");
    search_.directories = {root_ / "bin"};
    search_.jvms = root_ / "jvm";
  }

  void add(const std::string& name, const std::string& text = "x") {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
    ::chmod((root_ / name).c_str(), 0755);
  }
  std::string guess(const std::string& handler) {
    const auto guessed = guess_runtime(root_ / "package", handler, search_, {::geteuid(), ::getegid()});
    return guessed ? *guessed : std::string(name_of(guessed.error().code()));
  }

  const TempDirectory own_;
  const fs::path root_ = own_.path();
  InterpreterSearch search_;
};

TEST_F(GuessRuntime, AModuleMeansItsLanguageInTheNewestVersion) {
  add("package/app.py");
  add("package/pkg/deep/__init__.py");
  add("package/index.js");
  add("package/src/main.mjs");
  add("package/lib/index.js");
  EXPECT_EQ(guess("app.handler"), "python3.11");
  EXPECT_EQ(guess("pkg.deep.handler"), "python3.11");
  EXPECT_EQ(guess("pkg/deep.handler"), "python3.11");
  EXPECT_EQ(guess("index.handler"), "nodejs20.x");
  EXPECT_EQ(guess("src/main.handler"), "nodejs20.x");
  EXPECT_EQ(guess("lib.handler"), "nodejs20.x");
  EXPECT_EQ(guess("other.handler"), "invalid argument");
  EXPECT_EQ(guess(""), "invalid argument");
}

TEST_F(GuessRuntime, AClassMeansJava) {
  add("jvm/jdk/bin/java");
  add("jvm/jdk/release", "JAVA_VERSION=\"21.0.1\"\n");
  add("package/plant/Answer.class");
  EXPECT_EQ(guess("plant.Answer"), "java21");
  EXPECT_EQ(guess("in.a.jar.Answer::handle"), "java21");
  EXPECT_EQ(guess("in.a.jar.Answer"), "invalid argument");
}

TEST_F(GuessRuntime, WithoutAnInterpreterItSaysForWhat) {
  add("package/app.py");
  search_.directories = {root_ / "nowhere"};
  const auto guessed = guess_runtime(root_ / "package", "app.handler", search_, {::geteuid(), ::getegid()});
  ASSERT_FALSE(guessed);
  EXPECT_EQ(guessed.error().code(), Code::not_found);
  EXPECT_THAT(guessed.error().message(), ::testing::HasSubstr("the package is for Python"));
}

TEST_F(GuessRuntime, ProgramsAndBootstraps) {
  add("package/sensor.reader");
  EXPECT_EQ(guess("sensor.reader"), kExecutableRuntime);
  EXPECT_EQ(guess("../package/sensor.reader"), "invalid argument");
  EXPECT_EQ(guess("."), "invalid argument");
  add("package/bootstrap");
  EXPECT_EQ(guess("anything"), "provided.al2023");
}

}  // namespace
}  // namespace fescue
