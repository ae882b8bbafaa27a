// Ends of subscription rows, from the text that groups use.
#include "model/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

constexpr const char* kSpellings[] = {
    "cloud", "GGShadowService", "arn:aws:lambda:us-west-2:123456789012:function:Echo:3",
    "arn:aws:iot:us-west-2:123456789012:thing/door", "arn:aws:greengrass:us-west-2::/connectors/ModbusRTU/versions/2"};

TEST(Endpoint, KeepsItsKindAndItsSpelling) {
  std::size_t kind = 0;
  for (const char* text : kSpellings) {
    const Endpoint end = Endpoint::parse(text).value();
    EXPECT_EQ(end.kind(), static_cast<EndpointKind>(kind++));
    EXPECT_EQ(end.str(), text);
    EXPECT_EQ(std::hash<Endpoint>()(end), std::hash<Endpoint>()(Endpoint::parse(text).value()));
  }
  EXPECT_EQ(kind, kEndpointKinds);
}

TEST(Endpoint, GivesItsFunctionWithoutParsingAgain) {
  const auto arn = FunctionArn::parse(kSpellings[2]).value();
  ASSERT_NE(Endpoint::function(arn).as_function(), nullptr);
  EXPECT_EQ(*Endpoint::function(arn).as_function(), arn);
  EXPECT_EQ(Endpoint::cloud().as_function(), nullptr);
}

TEST(Endpoint, IsOrderedByKindThenByText) {
  for (std::size_t i = 1; i < kEndpointKinds; ++i) {
    EXPECT_LT(Endpoint::parse(kSpellings[i - 1]).value(), Endpoint::parse(kSpellings[i]).value());
  }
  EXPECT_LT(Endpoint::function(FunctionArn::make({}, {}, "a")), Endpoint::function(FunctionArn::make({}, {}, "b")));
}

TEST(Endpoint, RefusesEverythingElseByName) {
  for (const char* text : {"", "Cloud", "shadow", "arn:aws:s3:::bucket", "arn:aws:iot:us-west-2:123456789012:cert/a"}) {
    EXPECT_THAT(Endpoint::parse(text).error().message(), testing::HasSubstr("is neither cloud, GGShadowService"));
  }
}

}  // namespace
}  // namespace fescue
