// Headers, targets, escapes.
#include "sys/http/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(HttpHeaders, CompareNamesWithoutCaseAndKeepTheFirst) {
  HttpHeaders headers;
  headers.add("X-Amz-Invocationid", "one");
  headers.add("x-amz-invocationid", "two");
  headers.add("Empty", "");
  EXPECT_EQ(headers.find("X-AMZ-INVOCATIONID"), "one");
  EXPECT_EQ(headers.find("empty"), "");
  EXPECT_EQ(headers.find("absent"), std::nullopt);
  EXPECT_EQ(headers.get("absent"), "");
}

TEST(HttpRequest, SplitsItsTargetAtTheFirstQuestionMark) {
  HttpRequest request;
  request.target = "/a%2Fb?c=d?e";
  EXPECT_EQ(request.path(), "/a%2Fb");
  EXPECT_EQ(request.query(), "c=d?e");
  request.target = "/plain";
  EXPECT_EQ(request.path(), "/plain");
  EXPECT_EQ(request.query(), "");
}

TEST(PathSegments, AreSplitBeforeTheyAreDecoded) {
  EXPECT_THAT(*path_segments("/a%2Fb/c"), ElementsAre("a/b", "c"));
  EXPECT_THAT(*path_segments("/functions/"), ElementsAre("functions", ""));
  EXPECT_THAT(*path_segments("//x"), ElementsAre("", "x"));
  EXPECT_THAT(*path_segments("/"), ElementsAre());
  EXPECT_THAT(*path_segments(""), ElementsAre());
  EXPECT_THAT(*path_segments("/deployments/$reset+now"), ElementsAre("deployments", "$reset+now"));
  EXPECT_EQ(path_segments("/a/%zz").error().code(), Code::invalid_argument);
}

TEST(Percent, DecodesWhatItEncodes) {
  const std::string all = std::string("arn:aws:lambda $LATEST/+~-_.\0\xff", 30);
  EXPECT_EQ(percent_encode("a b:/~"), "a%20b%3A%2F~");
  EXPECT_EQ(*percent_decode(percent_encode(all)), all);
  EXPECT_EQ(*percent_decode("%2f%2F+"), "//+");
  for (const char* broken : {"%", "%2", "%G0", "a%", "%-1", "% 1"}) EXPECT_FALSE(percent_decode(broken)) << broken;
}

TEST(ParseQuery, DecodesPairs) {
  EXPECT_THAT(*parse_query("tagKeys=a&tagKeys=b%26&flag&=v&&x="),
              ElementsAre(Pair("tagKeys", "a"), Pair("tagKeys", "b&"), Pair("flag", ""), Pair("", "v"), Pair("x", "")));
  EXPECT_THAT(*parse_query("a+b=c+d"), ElementsAre(Pair("a+b", "c+d")));
  EXPECT_THAT(*parse_query("a+b=c+d", PlusMeans::space), ElementsAre(Pair("a b", "c d")));
  EXPECT_THAT(*parse_query(""), ElementsAre());
  EXPECT_FALSE(parse_query("a=%4"));
}

}  // namespace
}  // namespace fescue
