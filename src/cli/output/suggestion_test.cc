// What mistyped words are near to.
#include "cli/output/suggestion.h"

#include <vector>

#include <gtest/gtest.h>

namespace fescue::cli {
namespace {

TEST(Suggestion, CountsWhatFingersDo) {
  EXPECT_EQ(typing_distance("status", "status"), 0u);
  EXPECT_EQ(typing_distance("stauts", "status"), 1u);  // two letters exchanged
  EXPECT_EQ(typing_distance("statsu", "status"), 1u);
  EXPECT_EQ(typing_distance("statu", "status"), 1u);
  EXPECT_EQ(typing_distance("sstatus", "status"), 1u);
  EXPECT_EQ(typing_distance("stXtus", "status"), 1u);
  EXPECT_EQ(typing_distance("", "up"), 2u);
  EXPECT_EQ(typing_distance("up", ""), 2u);
}

TEST(Suggestion, NamesTheNearestIfItIsNear) {
  const std::vector<std::string> words{"up", "cloud", "core", "status", "sub", "pub", "logs", "invoke"};
  EXPECT_EQ(suggestion_for("stauts", words), "status");
  EXPECT_EQ(suggestion_for("statsu", words), "status");
  EXPECT_EQ(suggestion_for("log", words), "logs");
  EXPECT_EQ(suggestion_for("invok", words), "invoke");
  EXPECT_EQ(suggestion_for("deploy", words), std::nullopt);
  EXPECT_EQ(suggestion_for("xy", words), std::nullopt);
  EXPECT_EQ(suggestion_for("", words), std::nullopt);
  EXPECT_EQ(suggestion_for(std::string(100000, 's'), words), std::nullopt);
}

}  // namespace
}  // namespace fescue::cli
