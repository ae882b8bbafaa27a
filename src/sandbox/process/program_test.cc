// What stands between a program and its execution: scripts, ELF files of this host, and heads that are broken.
#include "sandbox/process/program.h"

#include <elf.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string head_of_this_test() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  std::string head(kProgramHead, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

TEST(Program, AScriptNamesItsInterpreter) {
  EXPECT_EQ(loader_of("#!/bin/sh\necho"), "/bin/sh");
  EXPECT_EQ(loader_of("#! \t/usr/bin/env python3\n"), "/usr/bin/env");
  EXPECT_EQ(loader_of("#!/bin/sh"), "/bin/sh");
  EXPECT_EQ(loader_of("#!"), "");
  EXPECT_EQ(loader_of("#!\n/bin/sh"), "");
  EXPECT_EQ(loader_of("echo"), "");
  EXPECT_EQ(loader_of(""), "");
}

TEST(Program, AnElfFileNamesItsLoader) { EXPECT_THAT(loader_of(head_of_this_test()), StartsWith("/lib")); }

TEST(Program, NoPrefixOfAnElfFileIsReadPastItsEnd) {
  const std::string head = head_of_this_test();
  for (std::size_t size = 0; size < 1024; ++size) {
    const std::string loader = loader_of(head.substr(0, size));
    EXPECT_TRUE(loader.empty() || loader == loader_of(head)) << size;
  }
  std::string damaged = head;
  const Elf64_Off far = ~Elf64_Off{0};
  std::memcpy(damaged.data() + offsetof(Elf64_Ehdr, e_phoff), &far, sizeof far);
  EXPECT_EQ(loader_of(damaged), "");
}

TEST(Program, WhatIsMissingIsNamed) {
  const TempDirectory directory;
  const std::string path = directory.path() + "/program";
  EXPECT_THAT(check_program(path).error().message(), HasSubstr("run " + path + ": No such file"));
  std::ofstream(path) << "#!/nonexistent/interpreter\n";
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_THAT(check_program(path).error().message(), HasSubstr("Permission denied"));
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  EXPECT_EQ(check_program(path).error().message(),
            "run " + path + ": it needs /nonexistent/interpreter, which is not there");
  std::ofstream(path) << "#!/bin/sh\n";
  EXPECT_TRUE(check_program(path));
  EXPECT_TRUE(check_program("/bin/sh"));
  EXPECT_THAT(check_program(directory.path()).error().message(), HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace fescue
