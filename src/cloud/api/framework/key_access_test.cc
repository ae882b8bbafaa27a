// The role that each operation needs, and the words of a refusal.
#include "cloud/api/framework/key_access.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

KeyRole needed(Service service, std::string_view name) { return needed_role({service, name, "POST", "/", nullptr}); }

TEST(NeededRole, ReadingIsForEveryKey) {
  EXPECT_EQ(needed(Service::iot, "DescribeThing"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::iot, "TestAuthorization"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::lambda, "GetFunction"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::greengrass, "ListGroups"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::logs, "FilterLogEvents"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::sts, "GetCallerIdentity"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::sts, "AssumeRole"), KeyRole::read_only) << "which gives what the caller has";
}

TEST(NeededRole, SecretsAreNotMerelyRead) {
  EXPECT_EQ(needed(Service::secrets_manager, "DescribeSecret"), KeyRole::read_only);
  EXPECT_EQ(needed(Service::secrets_manager, "GetSecretValue"), KeyRole::admin);
  EXPECT_EQ(needed(Service::secrets_manager, "BatchGetSecretValue"), KeyRole::admin);
  EXPECT_EQ(needed(Service::iot, "GetRegistrationCode"), KeyRole::admin);
  EXPECT_EQ(needed(Service::keys, "ListApiKeys"), KeyRole::admin);
}

TEST(NeededRole, DeployersChangeCodeAndWhatRuns) {
  for (const std::string_view name :
       {"CreateFunction", "UpdateFunctionCode", "PublishVersion", "UpdateAlias", "Invoke"}) {
    EXPECT_EQ(needed(Service::lambda, name), KeyRole::deployer) << name;
  }
  EXPECT_EQ(needed(Service::greengrass, "CreateDeployment"), KeyRole::deployer);
  EXPECT_EQ(needed(Service::iot_data, "Publish"), KeyRole::deployer);
}

TEST(NeededRole, AllElseIsTheAdministrators) {
  EXPECT_EQ(needed(Service::greengrass, "CreateFunctionDefinitionVersion"), KeyRole::admin);
  EXPECT_EQ(needed(Service::iot, "CreateKeysAndCertificate"), KeyRole::admin);
  EXPECT_EQ(needed(Service::iot, "CreateFunction"), KeyRole::admin) << "the name of another service's operation";
  EXPECT_EQ(needed(Service::iot, "Listen"), KeyRole::admin) << "a verb is a whole word";
}

/// Whoever adds an operation that changes something decides here who may call it.
TEST(NeededRole, WhatIsBuiltAndGetsNamedReadsOnlyReads) {
  for (const Operation& operation : operations()) {
    if (operation.service == Service::sts || needed_role(operation) != KeyRole::read_only) continue;
    const bool is_query = operation.pattern.empty();
    const bool asks_by_post = operation.name == "TestAuthorization" || operation.name == "GetEffectivePolicies";
    const bool is_read = operation.method == "GET" || operation.name.starts_with("List") || is_query || asks_by_post;
    EXPECT_TRUE(is_read || operation.run == nullptr) << operation.name;
  }
}

TEST(CheckAccess, SpeaksAsAwsDoes) {
  const Operation create{Service::iot, "CreateThing", "POST", "/things/{thingName}", nullptr};
  const Operation publish{Service::iot_data, "Publish", "POST", "/topics/{topic}", nullptr};
  ApiAccessKey key{.id = "AKIA",
                   .secret = {},
                   .user_id = {},
                   .user_arn = "arn:aws:iam::123456789012:user/ci",
                   .name = "ci",
                   .role = KeyRole::deployer,
                   .session_token = {}};
  EXPECT_TRUE(check_access(key, publish));
  const auto refused = check_access(key, create);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  EXPECT_TRUE(refused.error().message.starts_with(
      "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iot:CreateThing "))
      << refused.error().message;
  key.role = KeyRole::read_only;
  EXPECT_NE(check_access(key, publish).error().message.find("iot:Publish"), std::string::npos);
}

}  // namespace
}  // namespace fescue::cloud
