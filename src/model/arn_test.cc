// ARNs of functions, system functions, connectors and things, and what is none.
#include "model/arn.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(FunctionArn, TakesItsPartsApart) {
  const auto arn = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:hello:7").value();
  EXPECT_EQ(arn.region(), "us-west-2");
  EXPECT_EQ(arn.account(), "123456789012");
  EXPECT_EQ(arn.name(), "hello");
  EXPECT_EQ(arn.qualifier(), "7");
  EXPECT_EQ(arn.unqualified().str(), "arn:aws:lambda:us-west-2:123456789012:function:hello");
  EXPECT_EQ(arn.with_qualifier("prod").qualifier(), "prod");
  EXPECT_FALSE(arn.unqualified().is_qualified());
}

TEST(FunctionArn, SystemFunctionsHaveNeitherRegionNorAccount) {
  EXPECT_TRUE(FunctionArn::parse("arn:aws:lambda:::function:GGRouter").value().is_system());
  EXPECT_EQ(system_function::router.str(), "arn:aws:lambda:::function:GGRouter");
  EXPECT_EQ(FunctionArn::parse("arn:aws:lambda:::function:GGIPDetector:1").value().qualifier(), "1");
}

TEST(FunctionArn, ConnectorsHaveTheAccountAws) {
  EXPECT_TRUE(FunctionArn::parse("arn:aws:lambda:us-west-2:aws:function:MLFeedback"));
}

TEST(FunctionArn, RefusesEverythingElse) {
  for (const char* text :
       {"", "arn", "hello", "arn:aws:lambda:us-west-2:123456789012", "arn:aws:iot:us-west-2:123456789012:function:x",
        "arn:aws:lambda:us-west-2:12345:function:x", "arn:aws:lambda::123456789012:function:x",
        "arn:aws:lambda:us-west-2::function:x", "arn:aws:lambda:us-west-2:123456789012:function:",
        "arn:aws:lambda:us-west-2:123456789012:function:x:", "arn:aws:lambda:us-west-2:123456789012:function:x:1:2",
        "arn:aws:lambda:us-west-2:123456789012:function:a/b", "arn:aws:lambda:us-west-2:123456789012:layer:x",
        "arn:gcp:lambda:us-west-2:123456789012:function:x", "arn:aws/..:lambda:us-west-2:123456789012:function:x",
        "arn:aws:lambda:us west:123456789012:function:x"}) {
    EXPECT_FALSE(FunctionArn::parse(text)) << text;
  }
  EXPECT_FALSE(FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:" + std::string(600, 'x')));
}

TEST(ThingArn, NamesAThing) {
  EXPECT_EQ(ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/core-1").value().thing_name(),
            ThingName("core-1"));
  EXPECT_FALSE(ThingArn::parse("arn:aws:iot:us-west-2:123456789012:cert/abc"));
  EXPECT_FALSE(ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/"));
  EXPECT_FALSE(ThingArn::parse("arn:aws/x:iot:us-west-2:123456789012:thing/core-1"));
  EXPECT_FALSE(ThingArn::parse("arn:aws:iot:us/west:123456789012:thing/core-1"));
  EXPECT_FALSE(ThingArn::parse("arn:aws:iot:us-west-2:12345:thing/core-1"));
  EXPECT_FALSE(parse_thing_name("a b"));
}

TEST(ConnectorArn, NamesAVersionOfAConnector) {
  const auto arn = ConnectorArn::parse("arn:aws:greengrass:us-west-2::/connectors/ModbusRTU/versions/2").value();
  EXPECT_EQ(arn.name(), "ModbusRTU");
  EXPECT_EQ(arn.version(), "2");
  for (const char* text :
       {"arn:aws:greengrass:us-west-2::/connectors/ModbusRTU", "arn:aws:greengrass:us-west-2::/connectors//versions/2",
        "arn:aws:greengrass:us-west-2::/connectors/A/versions/", "arn:aws:iot:us-west-2::/connectors/A/versions/2",
        "arn:aws:greengrass:us-west-2:12345:/connectors/A/versions/2"}) {
    EXPECT_FALSE(ConnectorArn::parse(text)) << text;
  }
}

}  // namespace
}  // namespace fescue
