// Paragraphs from given lines of a log.
#include "cli/output/exit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string line(const std::string& name, const std::string& cause, const std::string& reason) {
  return "[2026-01-02T03:04:05.678Z][ERROR]-Worker is ungracefully killed.\t{\"workerId\":\"w1\",\"funcArn\":"
         "\"arn:aws:lambda:us-west-2:123456789012:function:" +
         name + "\",\"state\":\"signal: killed\",\"cause\":\"" + cause + "\",\"reason\":\"" + reason +
         "\",\"suggestion\":\"set more\",\"pid\":7,\"livedMs\":12,\"memUsed\":900,\"memSize\":1024,\"cpuUs\":3000,"
         "\"invocations\":\"i1 i2\",\"output\":\"one\\ntwo\\n\"}\n";
}

TEST(ExitText, TellsWhyAndWhatWasKnown) {
  EXPECT_EQ(exits_text(line("echo:3", "out_of_memory", "signal: killed"), "echo", 5),
            "2026-01-02T03:04:05.678Z  arn:aws:lambda:us-west-2:123456789012:function:echo:3\n"
            "  out_of_memory: signal: killed\n"
            "  -> set more\n"
            "  worker w1, pid 7, lived 12 ms, at most 900 KB of 1.0 MB, 3 ms of CPU time\n"
            "  had: i1 i2\n"
            "  its last words:\n"
            "    one\n"
            "    two\n");
}

TEST(ExitText, WhatFunctionsWroteStaysWithinItsLine) {
  const std::string text = exits_text(line("echo:3", "failed", "oops\\n2026-01-02  forged\\u001b[2J"), "echo", 5);
  EXPECT_THAT(text, HasSubstr("  failed: oops\\n2026-01-02  forged\\x1b[2J\n"));
  EXPECT_THAT(text, Not(HasSubstr("\n2026-01-02  forged")));
}

TEST(ExitText, FindsTheFunctionAndTheLastOnes) {
  const std::string log = "[t][INFO]-Created worker.\t{\"pid\":1}\n" + line("echo:3", "failed", "first") +
                          "nonsense\t{\"cause\":\n" + line("other:1", "failed", "others") +
                          line("echo:3", "stopped", "planned") + line("echo:3", "failed", "second") +
                          line("echo:4", "failed", "third");
  const std::string two = exits_text(log, "echo", 2);
  EXPECT_THAT(two, Not(HasSubstr("first")));
  EXPECT_THAT(two, HasSubstr("second"));
  EXPECT_THAT(two, HasSubstr("third"));
  EXPECT_THAT(exits_text(log, "echo:3", 9), Not(HasSubstr("third")));
  EXPECT_THAT(exits_text(log, "", 9), HasSubstr("others"));
  EXPECT_THAT(exits_text(log, "", 9), Not(HasSubstr("planned")));
  EXPECT_EQ(exits_text("", "", 9), "");
}

}  // namespace
}  // namespace fescue::cli
