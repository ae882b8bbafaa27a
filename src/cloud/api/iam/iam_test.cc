// Roles and policies as scripts make them, and the sessions of STS.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cloud/api/framework/api_test_support.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud {
namespace {

constexpr std::string_view kTrust =
    "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";  // as a form has it
constexpr std::string_view kManaged = "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Fservice-role%2FAWSGreengrass";

class IamTest : public ApiTest {
 protected:
  HttpResponse form(std::string_view service, const std::string& fields) {
    return call(service, "POST", "/", fields, {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  std::string iam(const std::string& action_and_fields) {
    return form("iam", "Version=2010-05-08&Action=" + action_and_fields).body;
  }
  std::string sts(const std::string& action_and_fields) {
    return form("sts", "Version=2011-06-15&Action=" + action_and_fields).body;
  }
  void make_role(const std::string& name, const std::string& more = "") {
    const std::string said =
        iam("CreateRole&RoleName=" + name + "&AssumeRolePolicyDocument=" + std::string(kTrust) + more);
    ASSERT_NE(said.find("<CreateRoleResult><Role>"), std::string::npos) << said;
  }
  /// What stands between <name> and </name>, the first time.
  static std::string element(const std::string& body, const std::string& name) {
    const std::size_t from = body.find("<" + name + ">"), to = body.find("</" + name + ">");
    return from == std::string::npos ? "" : body.substr(from + name.size() + 2, to - from - name.size() - 2);
  }
  static std::string code(const std::string& body) { return element(body, "Code"); }
};

TEST_F(IamTest, ARoleIsMadeFoundAndDeleted) {
  make_role("Greengrass_ServiceRole",
            "&Path=%2Fservice-role%2F&Description=a+%3C+b&Tags.member.1.Key=k&Tags.member.1.Value=v");
  const std::string role = iam("GetRole&RoleName=Greengrass_ServiceRole");
  EXPECT_EQ(element(role, "Arn"), "arn:aws:iam::123456789012:role/service-role/Greengrass_ServiceRole");
  EXPECT_EQ(element(role, "AssumeRolePolicyDocument"), kTrust);
  EXPECT_EQ(element(role, "Description"), "a &lt; b");
  EXPECT_EQ(element(role, "Tags"), "<member><Key>k</Key><Value>v</Value></member>");
  EXPECT_EQ(element(role, "CreateDate"), "2026-11-22T19:54:02.123Z");
  EXPECT_EQ(code(iam("CreateRole&RoleName=Greengrass_ServiceRole&AssumeRolePolicyDocument=" + std::string(kTrust))),
            "EntityAlreadyExists");
  EXPECT_NE(iam("ListRoles").find("<RoleName>Greengrass_ServiceRole</RoleName>"), std::string::npos);
  EXPECT_EQ(element(iam("ListInstanceProfilesForRole&RoleName=Greengrass_ServiceRole"), "InstanceProfiles"), "");
  EXPECT_EQ(code(iam("DeleteRole&RoleName=Greengrass_ServiceRole")), "");
  EXPECT_EQ(code(iam("GetRole&RoleName=Greengrass_ServiceRole")), "NoSuchEntity");
}

TEST_F(IamTest, PoliciesAreAttachedAndPutAndKeepTheirRole) {
  make_role("r");
  EXPECT_EQ(code(iam("AttachRolePolicy&RoleName=r&PolicyArn=" + std::string(kManaged))), "");
  EXPECT_EQ(element(iam("ListAttachedRolePolicies&RoleName=r"), "PolicyName"), "AWSGreengrass");
  EXPECT_EQ(code(iam("PutRolePolicy&RoleName=r&PolicyName=in&PolicyDocument=" + std::string(kTrust))), "");
  EXPECT_EQ(element(iam("ListRolePolicies&RoleName=r"), "PolicyNames"), "<member>in</member>");
  EXPECT_EQ(element(iam("GetRolePolicy&RoleName=r&PolicyName=in"), "PolicyDocument"), kTrust);
  EXPECT_EQ(code(iam("DeleteRole&RoleName=r")), "DeleteConflict");
  EXPECT_EQ(code(iam("DetachRolePolicy&RoleName=r&PolicyArn=" + std::string(kManaged))), "");
  EXPECT_EQ(code(iam("DetachRolePolicy&RoleName=r&PolicyArn=" + std::string(kManaged))), "NoSuchEntity");
  EXPECT_EQ(code(iam("DeleteRole&RoleName=r")), "DeleteConflict");
  EXPECT_EQ(code(iam("DeleteRolePolicy&RoleName=r&PolicyName=in")), "");
  EXPECT_EQ(code(iam("DeleteRole&RoleName=r")), "");
}

TEST_F(IamTest, APolicyOfTheAccountMustExistAndIsNotDeletedWhileAttached) {
  make_role("r");
  const std::string arn = "arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Fp";
  EXPECT_EQ(code(iam("AttachRolePolicy&RoleName=r&PolicyArn=" + arn)), "NoSuchEntity");
  EXPECT_EQ(element(iam("CreatePolicy&PolicyName=p&PolicyDocument=" + std::string(kTrust)), "Arn"),
            "arn:aws:iam::123456789012:policy/p");
  EXPECT_EQ(code(iam("AttachRolePolicy&RoleName=r&PolicyArn=" + arn)), "");
  EXPECT_EQ(element(iam("GetPolicy&PolicyArn=" + arn), "AttachmentCount"), "1");
  EXPECT_EQ(element(iam("GetPolicyVersion&VersionId=v1&PolicyArn=" + arn), "Document"), kTrust);
  EXPECT_EQ(element(iam("ListPolicyVersions&PolicyArn=" + arn), "VersionId"), "v1");
  EXPECT_EQ(element(iam("ListPolicies&Scope=Local"), "PolicyName"), "p");
  EXPECT_EQ(code(iam("DeletePolicy&PolicyArn=" + arn)), "DeleteConflict");
}

TEST_F(IamTest, WrongRequestsAreTold) {
  EXPECT_EQ(code(iam("CreateRole&RoleName=a+b&AssumeRolePolicyDocument=%7B%7D")), "ValidationError");
  EXPECT_EQ(code(iam("CreateRole&AssumeRolePolicyDocument=%7B%7D")), "ValidationError");
  EXPECT_EQ(code(iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=no")), "MalformedPolicyDocument");
  EXPECT_EQ(code(iam("CreateRole&RoleName=r&Path=x&AssumeRolePolicyDocument=%7B%7D")), "ValidationError");
  const std::string unknown = iam("CreateUser&UserName=u");
  EXPECT_EQ(code(unknown), "InvalidAction");
  EXPECT_NE(element(unknown, "Message").find("CreateUser"), std::string::npos);
  for (std::size_t i = 0; i < 20; ++i) {
    make_role(fmt::format("r{}", i));
    EXPECT_EQ(code(iam(fmt::format("PutRolePolicy&RoleName=r0&PolicyName=p{}&PolicyDocument=%7B%7D", i))), "");
  }
  EXPECT_EQ(code(iam("PutRolePolicy&RoleName=r0&PolicyName=one-more&PolicyDocument=%7B%7D")), "LimitExceeded");
}

TEST_F(IamTest, ListsHavePages) {
  for (const std::string name : {"a", "b", "c"}) make_role(name);
  const std::string first = iam("ListRoles&MaxItems=2");
  EXPECT_EQ(element(first, "IsTruncated"), "true");
  const std::string rest = iam("ListRoles&MaxItems=2&Marker=" + percent_encode(element(first, "Marker")));
  EXPECT_EQ(element(rest, "RoleName"), "c");
  EXPECT_EQ(element(rest, "IsTruncated"), "false");
}

TEST_F(IamTest, AssumedRolesHaveKeysThatEnd) {
  make_role("deploy");
  const std::string arn = "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy";
  const std::string said = sts("AssumeRole&RoleSessionName=s1&DurationSeconds=900&RoleArn=" + arn);
  EXPECT_EQ(element(said, "Expiration"), "2026-11-22T20:09:02.123Z");
  HttpRequest made =
      request("POST", "/", "Action=GetCallerIdentity", {{"X-Amz-Security-Token", element(said, "SessionToken")}});
  sign_sigv4(made, {element(said, "AccessKeyId"), element(said, "SecretAccessKey")}, "us-west-2", "sts", now_);
  const HttpRequest later = made;
  const std::string identity = send(std::move(made)).body;
  EXPECT_EQ(element(identity, "Arn"), "arn:aws:sts::123456789012:assumed-role/deploy/s1");
  EXPECT_EQ(code(sts("AssumeRole&RoleSessionName=s1&RoleArn=" + arn + "x")), "AccessDenied");
  EXPECT_EQ(code(sts("AssumeRole&RoleSessionName=s1&DurationSeconds=1&RoleArn=" + arn)), "ValidationError");
  EXPECT_EQ(element(sts("GetAccessKeyInfo&AccessKeyId=" + key_.id), "Account"), "123456789012");
  now_ += std::chrono::minutes(15);
  EXPECT_EQ(code(send(later).body), "ExpiredToken");
}

TEST_F(IamTest, ASessionMayDoWhatItsKeyMay) {
  make_role("admin");
  AccessKeyStore store(database_);
  const ApiAccessKey reader = store.create(config_.account, "reader", KeyRole::read_only, now_).value();
  HttpRequest made = request("POST", "/", "Action=GetSessionToken");
  sign_sigv4(made, {reader.id, reader.secret}, "us-west-2", "sts", now_);
  const std::string said = send(std::move(made)).body;
  HttpRequest create =
      request("POST", "/", "Action=CreateRole", {{"X-Amz-Security-Token", element(said, "SessionToken")}});
  sign_sigv4(create, {element(said, "AccessKeyId"), element(said, "SecretAccessKey")}, "us-east-1", "iam", now_);
  const std::string refused = send(std::move(create)).body;
  EXPECT_EQ(code(refused), "AccessDenied");
  EXPECT_NE(refused.find("is not authorized to perform: iam:CreateRole"), std::string::npos);
}

TEST(IamStore, IsBounded) {
  Database database = migrated_database();
  IamStore store(database);
  for (std::size_t i = 0; i < kMaxIamRoles; ++i) {
    ASSERT_TRUE(store.insert(IamRole{.name = std::to_string(i)}));
  }
  EXPECT_EQ(store.insert(IamRole{.name = "more"}).error().code(), Code::resource_exhausted);
}

}  // namespace
}  // namespace fescue::cloud
