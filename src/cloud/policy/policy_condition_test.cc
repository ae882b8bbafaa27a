// Operators against values that are there, and that are not.
#include "cloud/policy/policy_condition.h"

#include <gtest/gtest.h>

#include "cloud/policy/ip_range.h"

namespace fescue::cloud {
namespace {

namespace json = boost::json;

class Conditions : public testing::Test {
 protected:
  Conditions() {
    context_.add("iot:ClientId", "lamp-1");
    context_.add("iot:Connection.Thing.IsAttached", "true");
    context_.add("iot:Connection.Thing.Attributes[Floor]", "3");
    context_.add("aws:SourceIp", "192.0.2.7");
    context_.add("names", "a");
    context_.add("names", "b");
  }
  bool holds(std::string_view name, std::string_view key, const json::value& value) {
    missing_.clear();
    const auto parsed = PolicyCondition::parse(name, key, value, HasVariables::yes);
    EXPECT_TRUE(parsed) << name;
    return parsed && parsed->holds(context_, missing_);
  }

  PolicyContext context_;
  PolicyKeys missing_;
};

TEST_F(Conditions, CompareTexts) {
  EXPECT_TRUE(holds("StringEquals", "iot:ClientId", "lamp-1"));
  EXPECT_TRUE(holds("StringEquals", "IOT:clientid", "lamp-1"));
  EXPECT_TRUE(holds("StringEquals", "iot:ClientId", json::array{"x", "lamp-1"}));
  EXPECT_FALSE(holds("StringEquals", "iot:ClientId", "lamp-*"));
  EXPECT_FALSE(holds("StringEquals", "iot:ClientId", "LAMP-1"));
  EXPECT_TRUE(holds("StringEqualsIgnoreCase", "iot:ClientId", "LAMP-1"));
  EXPECT_FALSE(holds("StringNotEquals", "iot:ClientId", json::array{"x", "lamp-1"}));
  EXPECT_TRUE(holds("StringNotEquals", "iot:ClientId", json::array{"x", "y"}));
  EXPECT_TRUE(holds("StringLike", "iot:ClientId", json::array{"x*", "lamp-?"}));
  EXPECT_FALSE(holds("StringNotLike", "iot:ClientId", "lamp*"));
  EXPECT_TRUE(holds("StringEquals", "iot:ClientId", "lamp-${iot:Connection.Thing.Attributes[none], '1'}"));
  EXPECT_FALSE(holds("StringEquals", "iot:ClientId", "${iot:Connection.Thing.Attributes[none]}"));
  EXPECT_EQ(missing_, PolicyKeys{"iot:Connection.Thing.Attributes[none]"});
}

TEST_F(Conditions, CompareNumbersFlagsAndAddresses) {
  const char* floor = "iot:Connection.Thing.Attributes[Floor]";
  EXPECT_TRUE(holds("NumericEquals", floor, 3));
  EXPECT_TRUE(holds("NumericLessThan", floor, "3.5"));
  EXPECT_FALSE(holds("NumericGreaterThan", floor, 3));
  EXPECT_TRUE(holds("NumericGreaterThanEquals", floor, 3));
  EXPECT_TRUE(holds("NumericLessThanEquals", floor, 3));
  EXPECT_FALSE(holds("NumericNotEquals", floor, 3));
  EXPECT_FALSE(holds("NumericEquals", "iot:ClientId", 3));
  EXPECT_TRUE(holds("Bool", "iot:Connection.Thing.IsAttached", json::array{"true"}));
  EXPECT_TRUE(holds("Bool", "iot:Connection.Thing.IsAttached", true));
  EXPECT_FALSE(holds("Bool", "iot:Connection.Thing.IsAttached", "false"));
  EXPECT_TRUE(holds("IpAddress", "aws:SourceIp", json::array{"10.0.0.0/8", "192.0.2.0/24"}));
  EXPECT_FALSE(holds("NotIpAddress", "aws:SourceIp", "192.0.2.7"));
  EXPECT_TRUE(holds("NotIpAddress", "aws:SourceIp", "192.0.2.8"));
}

TEST_F(Conditions, WithoutAValueOnlyNegatedOnesHold) {
  EXPECT_FALSE(holds("StringEquals", "nothing", "x"));
  EXPECT_EQ(missing_, PolicyKeys{"nothing"});
  EXPECT_FALSE(holds("StringLike", "nothing", "*"));
  EXPECT_TRUE(holds("StringNotEquals", "nothing", "x"));
  EXPECT_TRUE(holds("StringEqualsIfExists", "nothing", "x"));
  EXPECT_FALSE(holds("StringEqualsIfExists", "iot:ClientId", "x"));
  EXPECT_TRUE(holds("Null", "nothing", "true"));
  EXPECT_FALSE(holds("Null", "iot:ClientId", "true"));
  EXPECT_TRUE(holds("Null", "iot:ClientId", "false"));
}

TEST_F(Conditions, OfSeveralValuesAnyOrAllCount) {
  EXPECT_TRUE(holds("StringEquals", "names", "b"));
  EXPECT_TRUE(holds("ForAnyValue:StringEquals", "names", "b"));
  EXPECT_FALSE(holds("ForAllValues:StringEquals", "names", "b"));
  EXPECT_TRUE(holds("ForAllValues:StringEquals", "names", json::array{"a", "b"}));
  EXPECT_FALSE(holds("StringNotEquals", "names", "b"));
  EXPECT_TRUE(holds("ForAnyValue:StringNotEquals", "names", "b"));
  EXPECT_TRUE(holds("ForAllValues:StringEquals", "nothing", "a"));
  EXPECT_FALSE(holds("ForAnyValue:StringNotEquals", "nothing", "a"));
}

TEST_F(Conditions, WhatCannotBeUsedIsRefused) {
  const auto refused = [](std::string_view name, const json::value& value) {
    return !PolicyCondition::parse(name, "k", value, HasVariables::yes);
  };
  EXPECT_TRUE(refused("StringSounds", "x"));
  EXPECT_TRUE(refused("DateLessThan", "2030-01-01"));
  EXPECT_TRUE(refused("NullIfExists", "true"));
  EXPECT_TRUE(refused("StringEquals", json::object()));
  EXPECT_TRUE(refused("StringEquals", json::array{nullptr}));
  EXPECT_TRUE(refused("NumericEquals", "three"));
  EXPECT_TRUE(refused("Bool", "yes"));
  EXPECT_TRUE(refused("IpAddress", "192.0.2.0/33"));
  EXPECT_TRUE(refused("StringEquals", "${iot:ClientId"));
}

TEST(IpRange, ContainsWhatItsFirstBitsSay) {
  const auto contains = [](std::string_view range, std::string_view address) {
    return IpRange::parse(range).value().contains(IpRange::parse(address).value());
  };
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.100"));
  EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("::/0", "192.0.2.1"));
  EXPECT_FALSE(contains("10.0.0.0/24", "10.0.0.0/8"));
  for (const char* text : {"", "192.0.2", "192.0.2.1/", "192.0.2.1/-1", "192.0.2.1/33", "::/129", "x", "1.2.3.4/8/8"}) {
    EXPECT_FALSE(IpRange::parse(text)) << text;
  }
  EXPECT_FALSE(IpRange::parse(std::string_view("1.2.3.4\0x", 9)));
}

}  // namespace
}  // namespace fescue::cloud
