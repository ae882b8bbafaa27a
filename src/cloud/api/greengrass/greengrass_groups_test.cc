// Groups, their versions and roles by signed requests.
#include <gmock/gmock.h>

#include "cloud/api/greengrass/greengrass_test_support.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/group_store.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

class GroupsTest : public GreengrassTest {
 protected:
  static constexpr const char* kLogger =
      R"({"Loggers":[{"Id":"l","Component":"Lambda","Level":"INFO","Type":"FileSystem","Space":1024}]})";
};

TEST_F(GroupsTest, AreCreatedWithASigner) {
  const json::object group = made("/groups", R"({"Name":"demo","tags":{"k":"v"}})");
  const std::string id = text(group, "Id");
  EXPECT_EQ(text(group, "Arn"), "arn:aws:greengrass:us-west-2:123456789012:/greengrass/groups/" + id);
  EXPECT_EQ(text(group, "Name"), "demo");
  EXPECT_FALSE(group.contains("LatestVersion"));
  const auto signer = GroupStore(database_).signer(GroupId(id)).value();
  ASSERT_TRUE(signer);
  const auto certificate = inspect_certificate(signer->certificate_pem);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->common_name, "fescue group " + id);
  EXPECT_TRUE(
      verify_certificate(signer->certificate_pem, authority_.certificate_pem, CertificatePurpose::code_signing));
  const auto signature = sign_bytes(signer->private_key_pem, "document");
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verify_signature(signer->certificate_pem, "document", *signature));
}

TEST_F(GroupsTest, NeedAName) {
  expect_error(greengrass("POST", "/groups", "{}"), 400, "BadRequestException");
  expect_error(greengrass("POST", "/groups", R"({"Name":""})"), 400, "BadRequestException");
  EXPECT_EQ(greengrass("POST", "/groups", R"({"Name":"a"})").status, 200U);
  EXPECT_EQ(greengrass("POST", "/groups", R"({"Name":"a"})").status, 200U);  // names are not unique
}

TEST_F(GroupsTest, VersionsReferToDefinitions) {
  const std::string logger = definition("loggers", kLogger);
  const std::string body = fmt::format(R"({{"LoggerDefinitionVersionArn":"{}"}})", logger);
  const json::object group = made("/groups", fmt::format(R"({{"Name":"g","InitialVersion":{}}})", body));
  const std::string path = "/groups/" + text(group, "Id");
  const json::value first = json_of(greengrass("GET", path + "/versions/" + text(group, "LatestVersion")));
  EXPECT_EQ(first.at("Definition"), json::parse(body));
  const json::object second = made(path + "/versions", "{}");
  EXPECT_EQ(text(second, "Arn"), text(group, "Arn") + "/versions/" + text(second, "Version"));
  EXPECT_EQ(text(json_of(greengrass("GET", path)), "LatestVersion"), text(second, "Version"));
  // A version is complete in itself: nothing is inherited.
  EXPECT_EQ(json_of(greengrass("GET", path + "/versions/" + text(second, "Version"))).at("Definition"), json::object());
  EXPECT_EQ(json_of(greengrass("GET", path + "/versions")).at("Versions").as_array().size(), 2U);
  expect_error(greengrass("GET", path + "/versions/none"), 404, "VersionNotFoundException");
}

TEST_F(GroupsTest, EveryBadReferenceIsNamed) {
  const std::string logger = definition("loggers", kLogger);
  const std::string path = "/groups/" + text(made("/groups", R"({"Name":"g"})"), "Id") + "/versions";
  const std::string parent = logger.substr(0, logger.find("/versions/"));
  const HttpResponse response = greengrass(
      "POST", path,
      fmt::format(
          R"({{"CoreDefinitionVersionArn":"{}","LoggerDefinitionVersionArn":"{}","DeviceDefinitionVersionArn":"x"}})",
          logger, parent));
  expect_error(response, 400, "BadRequestException");
  EXPECT_EQ(json_of(response).at("ErrorDetails").as_array().size(), 3U);
  EXPECT_THAT(message_of(response), HasSubstr("CoreDefinitionVersionArn"));
  const HttpResponse gone =
      greengrass("POST", path, fmt::format(R"({{"LoggerDefinitionVersionArn":"{}/versions/none"}})", parent));
  EXPECT_THAT(message_of(gone), HasSubstr("does not exist"));
  // The variant without the slash after the account is understood.
  std::string no_slash = logger;
  no_slash.erase(no_slash.find(":/greengrass") + 1, 1);
  EXPECT_EQ(greengrass("POST", path, fmt::format(R"({{"LoggerDefinitionVersionArn":"{}"}})", no_slash)).status, 200U);
}

TEST_F(GroupsTest, AreListedRenamedAndDeleted) {
  const std::string first = text(made("/groups", R"({"Name":"a"})"), "Id");
  const std::string second = text(made("/groups", R"({"Name":"b"})"), "Id");
  const json::value page = json_of(greengrass("GET", "/groups?MaxResults=1"));
  EXPECT_EQ(text(page.at("Groups").at(0), "Id"), second);
  EXPECT_TRUE(page.as_object().contains("NextToken"));
  EXPECT_EQ(greengrass("PUT", "/groups/" + first, R"({"Name":"c"})").body, "{}");
  EXPECT_EQ(text(json_of(greengrass("GET", "/groups/" + first)), "Name"), "c");
  EXPECT_EQ(greengrass("DELETE", "/groups/" + first).body, "{}");
  expect_error(greengrass("GET", "/groups/" + first), 404, "IdNotFoundException");
  EXPECT_FALSE(GroupStore(database_).signer(GroupId(first)).value());
  expect_error(greengrass("DELETE", "/groups/" + first), 404, "IdNotFoundException");
}

TEST_F(GroupsTest, ThatAreDeployedAreNotDeleted) {
  const std::string id = text(made("/groups", R"({"Name":"a"})"), "Id");
  DeploymentStore deployments(database_);
  DeploymentRecord record;
  record.id = DeploymentId("d");
  record.group = GroupId(id);
  ASSERT_TRUE(deployments.create(record));
  const HttpResponse building = greengrass("DELETE", "/groups/" + id);
  expect_error(building, 400, "BadRequestException");
  EXPECT_THAT(message_of(building), HasSubstr("in progress"));
  ASSERT_TRUE(deployments.finish(record.id, {}, now_));
  EXPECT_THAT(message_of(greengrass("DELETE", "/groups/" + id)), HasSubstr("reset its deployments first"));
  record.id = DeploymentId("r");
  record.type = DeploymentType::reset;
  ASSERT_TRUE(deployments.create(record));
  ASSERT_TRUE(deployments.finish(record.id, {}, now_));
  EXPECT_EQ(greengrass("DELETE", "/groups/" + id).status, 200U);
}

TEST_F(GroupsTest, HaveARole) {
  const std::string path = "/groups/" + text(made("/groups", R"({"Name":"a"})"), "Id") + "/role";
  expect_error(greengrass("GET", path), 404, "IdNotFoundException");
  const std::string body = fmt::format(R"({{"RoleArn":"{}"}})", kRole);
  EXPECT_EQ(json_of(greengrass("PUT", path, body)), json::parse(R"({"AssociatedAt":"2026-11-22T19:54:02.123Z"})"));
  EXPECT_EQ(text(json_of(greengrass("GET", path)), "RoleArn"), kRole);
  EXPECT_EQ(json_of(greengrass("DELETE", path)), json::parse(R"({"DisassociatedAt":"2026-11-22T19:54:02.123Z"})"));
  expect_error(greengrass("GET", path), 404, "IdNotFoundException");
  expect_error(greengrass("PUT", path, R"({"RoleArn":"x"})"), 400, "BadRequestException");
  expect_error(greengrass("PUT", "/groups/none/role", body), 404, "IdNotFoundException");
}

TEST_F(GroupsTest, TheAccountHasAServiceRole) {
  expect_error(greengrass("GET", "/servicerole"), 404, "IdNotFoundException");
  EXPECT_EQ(greengrass("PUT", "/servicerole", fmt::format(R"({{"RoleArn":"{}"}})", kRole)).status, 200U);
  EXPECT_EQ(text(json_of(greengrass("GET", "/servicerole")), "RoleArn"), kRole);
  EXPECT_EQ(greengrass("DELETE", "/servicerole").status, 200U);
  expect_error(greengrass("GET", "/servicerole"), 404, "IdNotFoundException");
}

}  // namespace
}  // namespace fescue::cloud
