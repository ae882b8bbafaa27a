// The JVM's options for every memory, with and without the owner's own.
#include "functions/launch/java_command.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class JavaCommand : public ::testing::Test {
 protected:
  JavaCommand() {
    function_.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Echo:3");
    function_.runtime = "java8";
    function_.handler = "pkg.Handler::handle";
    places_.package = "/lambda";
    places_.runtimes = "/runtime";
  }

  std::vector<std::string> arguments() {
    WorkerSettings settings{.core = core_, .places = places_};
    settings.interpreter = "/usr/bin/java";
    settings.class_archive = archive_;
    auto command = worker_command(function_, settings);
    return command ? std::move(command->arguments) : std::vector<std::string>{command.error().message()};
  }

  FunctionConfig function_;
  CoreConfig core_;
  WorkerPlaces places_;
  std::string archive_;
};

TEST_F(JavaCommand, InAContainerTheHeapFitsTheLimit) {
  function_.memory_kb = 65536;
  EXPECT_THAT(
      arguments(),
      ElementsAre("java8", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Dfile.encoding=UTF-8",
                  "-Djdk.reflect.useNativeAccessorOnly=true", "-XX:+UseSerialGC", "-Xms8192k", "-Xmx32768k", "-cp",
                  "../runtime/java/runtime.jar:.:*:lib/*:/runtime/java/interfaces.jar:"
                  "/runtime/java/sdk.jar",
                  "com.amazonaws.greengrass.runtime.LambdaRuntime", "--handler=pkg.Handler::handle"));
  function_.memory_kb = 1024 * 1024;
  EXPECT_THAT(arguments(), Contains("-Xmx917504k"));
  function_.memory_kb.reset();
  EXPECT_THAT(arguments(), AllOf(Contains("-Xms8192k"), Contains("-Xmx8192k")));
}

TEST_F(JavaCommand, OwnersWhoNameAHeapGetTheirs) {
  for (const char* option : {"-Xmx4m", "-XX:MaxHeapSize=4m"}) {
    function_.exec_args = option;
    EXPECT_THAT(arguments(), AllOf(Contains(option), Not(Contains(HasSubstr("-Xms")))));
  }
}

TEST_F(JavaCommand, StandardInputIsTheConnectionToo) {
  const auto command = worker_command(function_, {.core = core_, .places = places_, .interpreter = "/usr/bin/java"});
  EXPECT_EQ(command->program, "/usr/bin/java");
  EXPECT_EQ(command->connection, ConnectionPlace::own_and_input);
  EXPECT_THAT(command->environment, Contains("FESCUE_CONNECTION=7"));
}

TEST_F(JavaCommand, NamesOfFilesAreUtf8UnlessTheOwnerSaysOtherwise) {
  const WorkerSettings settings{.core = core_, .places = places_, .interpreter = "/usr/bin/java"};
  EXPECT_THAT(worker_command(function_, settings)->environment, Contains("LC_CTYPE=C.UTF-8"));
  function_.environment["LANG"] = "C";
  EXPECT_THAT(worker_command(function_, settings)->environment, Not(Contains(HasSubstr("LC_CTYPE"))));
}

TEST_F(JavaCommand, WithoutAContainerTheHeapBeginsSmallAndTheJvmDecides) {
  function_.isolation = Isolation::none;
  places_.package = "/root/ggc/deployment/lambda/x";
  places_.runtimes = "/root/ggc/core/runtime";
  EXPECT_THAT(arguments(), AllOf(Contains("-Xms8192k"), Not(Contains(HasSubstr("-Xmx"))),
                                 Contains(HasSubstr("/root/ggc/core/runtime/java/runtime.jar:"))));
}

TEST_F(JavaCommand, ExecArgsAreOptionsOfTheJvmAndComeLast) {
  function_.exec_args = "-Xmx48m -Dname='a b' -XX:+UseG1GC";
  const auto words = arguments();
  ASSERT_GT(words.size(), 5U);
  EXPECT_THAT(std::vector<std::string>(words.end() - 5, words.end()),
              ElementsAre("-Xmx48m", "-Dname=a b", "-XX:+UseG1GC", "com.amazonaws.greengrass.runtime.LambdaRuntime",
                          "--handler=pkg.Handler::handle"));
  EXPECT_THAT(words, Not(Contains("-XX:+UseSerialGC")));
  function_.exec_args = "-XX:+UseStringDeduplication";
  EXPECT_THAT(arguments(), Contains("-XX:+UseSerialGC"));
  function_.environment["JAVA_TOOL_OPTIONS"] = "-ea -XX:+UseZGC -Dx=y";
  EXPECT_THAT(arguments(), Not(Contains("-XX:+UseSerialGC")));
  function_.exec_args = "'open";
  EXPECT_THAT(arguments(), ElementsAre(HasSubstr("a quote does not end")));
}

TEST_F(JavaCommand, AnArchiveOfClassesIsUsedInSilence) {
  archive_ = "usr-bin-java.jsa";
  EXPECT_THAT(arguments(),
              AllOf(Contains("-XX:SharedArchiveFile=/runtime/java/usr-bin-java.jsa"), Contains("-Xlog:disable")));
}

TEST_F(JavaCommand, AnArchiveThatIsOfUseToOneCollectorGetsIt) {
  archive_ = "usr-bin-java.g1.jsa";
  function_.memory_kb = 128 * 1024;
  EXPECT_THAT(arguments(), AllOf(Contains("-XX:+UseSerialGC"), Not(Contains("-XX:+UseG1GC"))));  // a small heap
  function_.memory_kb = 256 * 1024;
  EXPECT_THAT(arguments(),
              AllOf(Contains("-XX:+UseG1GC"), Contains("-XX:ParallelGCThreads=1"), Not(Contains("-XX:+UseSerialGC"))));
  function_.memory_kb.reset();
  function_.isolation = Isolation::none;
  EXPECT_THAT(arguments(), Contains("-XX:+UseG1GC"));
  function_.exec_args = "-XX:+UseParallelGC";
  EXPECT_THAT(arguments(), AllOf(Contains("-XX:+UseParallelGC"), Not(Contains("-XX:+UseG1GC"))));
}

TEST(ClassArchive, IsNamedByTheRealPathOfTheJvm) {
  namespace fs = std::filesystem;
  const TempDirectory own;
  const fs::path root = own.path();
  fs::create_directories(root / "java");
  { const std::ofstream made_here(root / "jvm"); }
  fs::create_symlink(root / "jvm", root / "link");
  std::string name = (root / "jvm").string().substr(1) + ".jsa";
  std::ranges::replace(name, '/', '-');
  { const std::ofstream made_here(root / "java/runtime.jar"); }
  EXPECT_EQ(class_archive(root, root / "link"), "");
  { const std::ofstream made_here(root / "java" / name); }
  EXPECT_EQ(class_archive(root, root / "link"), name);
  const auto made = fs::last_write_time(root / "java" / name);
  fs::last_write_time(root / "java/runtime.jar", made + std::chrono::seconds(2));
  EXPECT_EQ(class_archive(root, root / "link"), "");
  fs::last_write_time(root / "java" / name, made - std::chrono::seconds(20));  // before the JVM came
  fs::last_write_time(root / "java/runtime.jar", made - std::chrono::seconds(40));
  EXPECT_EQ(class_archive(root, root / "link"), "");
  const std::string for_g1 = name.substr(0, name.size() - 3) + "g1.jsa";
  { const std::ofstream made_here(root / "java" / for_g1); }
  EXPECT_EQ(class_archive(root, root / "link"), for_g1);
  EXPECT_EQ(class_archive(root, root / "absent"), "");
  EXPECT_EQ(class_archive(root, ""), "");
}

}  // namespace
}  // namespace fescue
