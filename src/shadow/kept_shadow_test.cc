// Requests on shadows in a database.
#include "shadow/kept_shadow.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

class KeptShadowTest : public testing::Test {
 protected:
  KeptShadowTest() { database_.migrate({kShadowSchema}).value(); }
  Result<ShadowOutcome> serve(std::string_view name, ShadowOperation operation, std::string_view payload = {}) {
    return serve_kept_shadow(store_, {{thing_, std::string(name)}, operation, payload}, 10);
  }

  const ThingName thing_{"lamp"};
  Database database_ = Database::open(":memory:").value();
  ShadowStore store_{database_};
};

TEST_F(KeptShadowTest, WhatWasUpdatedIsThereUntilItIsDeleted) {
  EXPECT_FALSE(serve("", ShadowOperation::get));
  ASSERT_TRUE(serve("", ShadowOperation::update, R"({"state":{"desired":{"on":true}}})"));
  ASSERT_TRUE(serve("", ShadowOperation::get));
  EXPECT_EQ(store_.find(thing_, "").value().document.desired.at("on"), true);
  ASSERT_TRUE(serve("", ShadowOperation::remove));
  EXPECT_EQ(serve("", ShadowOperation::get).error().code(), Code::not_found);
  ASSERT_TRUE(serve("", ShadowOperation::update, R"({"state":{"desired":{"on":true}}})"));
  EXPECT_EQ(store_.find(thing_, "").value().document.version, 2);
}

TEST_F(KeptShadowTest, ARefusedUpdateChangesNothing) {
  ASSERT_TRUE(serve("n", ShadowOperation::update, R"({"state":{"desired":{"on":true}}})"));
  EXPECT_EQ(serve("n", ShadowOperation::update, R"({"state":{},"version":7})").error().code(), Code::conflict);
  EXPECT_EQ(store_.find(thing_, "n").value().document.version, 1);
  EXPECT_EQ(store_.names(thing_, "", 10).value(), std::vector<std::string>{"n"});
}

}  // namespace
}  // namespace fescue
