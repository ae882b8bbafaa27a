// An instance's account and region: chosen once, and what contradicts them later.
#include "cloud/instance_identity.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

TEST(InstanceIdentity, IsChosenOnceAndKept) {
  const TempDirectory directory;
  const std::string data = directory.path();
  const WantedIdentity wanted{Region("eu-central-1"), AccountId("999999999999")};
  EXPECT_EQ(resolve_identity(data, {})->region, Region("us-west-2"));
  const auto first = resolve_identity(data, wanted);
  ASSERT_TRUE(first && keep_identity(data, *first));
  for (const WantedIdentity& same : {WantedIdentity{}, wanted, WantedIdentity{Region("eu-central-1"), {}}}) {
    const auto settled = resolve_identity(data, same);
    ASSERT_TRUE(settled) << settled.error().message();
    EXPECT_EQ(settled->region, Region("eu-central-1"));
    EXPECT_EQ(settled->account, AccountId("999999999999"));
  }
}

TEST(InstanceIdentity, AContradictionSaysWhatIsKept) {
  const TempDirectory directory;
  ASSERT_TRUE(keep_identity(directory.path(), {}));
  const auto region = resolve_identity(directory.path(), {Region("eu-west-1"), {}});
  ASSERT_FALSE(region);
  EXPECT_EQ(region.error().code(), Code::conflict);
  EXPECT_THAT(region.error().message(),
              HasSubstr("--region is us-west-2 since the first start in " + directory.path()));
  const auto account = resolve_identity(directory.path(), {{}, AccountId("000000000001")});
  EXPECT_EQ(account.error().code(), Code::conflict);
}

TEST(InstanceIdentity, ADamagedFileIsNamed) {
  const TempDirectory directory;
  for (const char* text : {"", "{", R"({"region":"a"})", R"({"region":"a","account":"b"})"}) {
    std::ofstream(directory.path("instance.json")) << text;
    const auto settled = resolve_identity(directory.path(), {});
    ASSERT_FALSE(settled) << text;
    EXPECT_EQ(settled.error().code(), Code::internal);
    EXPECT_THAT(settled.error().message(), HasSubstr(directory.path("instance.json")));
  }
}

TEST(InstanceIdentity, NamesThatAreNoneAreRefused) {
  for (const char* text : {"", "-us", "us-", "us west", "US-WEST-2", "us/west", "us:west"}) {
    EXPECT_FALSE(parse_region(text)) << text;
  }
  EXPECT_TRUE(parse_region("us-gov-west-1"));
  for (const char* text : {"", "abc", "12345678901", "1234567890123", "12345678901x"}) {
    EXPECT_FALSE(parse_account_id(text)) << text;
  }
}

}  // namespace
}  // namespace fescue::cloud
