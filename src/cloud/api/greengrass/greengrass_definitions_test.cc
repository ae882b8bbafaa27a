// Definitions and versions of all families by signed requests.
#include <set>

#include <gmock/gmock.h>

#include "cloud/api/greengrass/greengrass_test_support.h"

namespace fescue::cloud {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

struct FamilyCase {
  std::string segment, version;  // a version that is accepted, whatever its family
};

const FamilyCase kCases[] = {
    {"cores", R"({"Cores":[{"Id":"c","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/core","CertificateArn":)"
              R"("arn:aws:iot:us-west-2:123456789012:cert/ab","SyncShadow":true}]})"},
    {"devices", R"({"Devices":[{"Id":"d","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/dev","CertificateArn":)"
                R"("arn:aws:iot:us-west-2:123456789012:cert/ab"}]})"},
    {"functions", R"({"DefaultConfig":{"Execution":{"IsolationMode":"NoContainer"}},"Functions":[{"Id":"f",)"
                  R"("FunctionArn":"arn:aws:lambda:us-west-2:123456789012:function:hello:prod",)"
                  R"("FunctionConfiguration":{"Pinned":true,"Timeout":5}}]})"},
    {"subscriptions", R"({"Subscriptions":[{"Id":"s","Source":"cloud","Subject":"a/#","Target":)"
                      R"("arn:aws:lambda:us-west-2:123456789012:function:hello:prod"}]})"},
    {"resources", R"({"Resources":[{"Id":"r","Name":"R","ResourceDataContainer":{"LocalVolumeResourceData":)"
                  R"({"SourcePath":"/a","DestinationPath":"/b"}}}]})"},
    {"loggers", R"({"Loggers":[{"Id":"l","Component":"Lambda","Level":"INFO","Type":"FileSystem","Space":1024}]})"},
    {"connectors", R"({"Connectors":[{"Id":"k","ConnectorArn":)"
                   R"("arn:aws:greengrass:us-west-2::/connectors/SNS/versions/4","Parameters":{"a":"b"}}]})"},
};

class DefinitionsTest : public GreengrassTest, public testing::WithParamInterface<FamilyCase> {
 protected:
  std::string base() const { return "/definition/" + GetParam().segment; }
  json::object create() {
    return made(base(), fmt::format(R"({{"Name":"name","InitialVersion":{},"tags":{{"k":"v"}}}})", GetParam().version));
  }
};

INSTANTIATE_TEST_SUITE_P(Families, DefinitionsTest, testing::ValuesIn(kCases),
                         [](const auto& made) { return made.param.segment; });

TEST_P(DefinitionsTest, AreCreatedWithTheirFirstVersion) {
  const json::object definition = create();
  const std::string id = text(definition, "Id");
  const std::string version = text(definition, "LatestVersion");
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  const std::string arn =
      fmt::format("arn:aws:greengrass:us-west-2:123456789012:/greengrass/definition/{}/{}", GetParam().segment, id);
  EXPECT_EQ(text(definition, "Arn"), arn);
  EXPECT_EQ(text(definition, "LatestVersionArn"), arn + "/versions/" + version);
  EXPECT_EQ(text(definition, "CreationTimestamp"), "2026-11-22T19:54:02.123Z");
  EXPECT_EQ(text(definition, "Name"), "name");
  EXPECT_FALSE(definition.contains("tags"));

  json::object got = json_of(greengrass("GET", base() + "/" + id)).as_object();
  EXPECT_EQ(got.at("tags"), json::parse(R"({"k":"v"})"));
  got.erase("tags");
  EXPECT_EQ(got, definition);

  const json::value read = json_of(greengrass("GET", base() + "/" + id + "/versions/" + version));
  EXPECT_EQ(read.at("Definition"), json::parse(GetParam().version));
  EXPECT_EQ(text(read, "Arn"), text(definition, "LatestVersionArn"));
  EXPECT_EQ(text(read, "Id"), id);
  EXPECT_EQ(text(read, "Version"), version);
}

TEST_P(DefinitionsTest, MayBeginWithoutAVersion) {
  const json::object definition = made(base(), "");
  EXPECT_FALSE(definition.contains("LatestVersion"));
  EXPECT_FALSE(definition.contains("LatestVersionArn"));
  const std::string id = text(definition, "Id");
  now_ += std::chrono::seconds(1);
  const json::object version = made(base() + "/" + id + "/versions", GetParam().version);
  const json::value after = json_of(greengrass("GET", base() + "/" + id));
  EXPECT_EQ(text(after, "LatestVersion"), text(version, "Version"));
  EXPECT_EQ(text(after, "LastUpdatedTimestamp"), "2026-11-22T19:54:03.123Z");
  EXPECT_EQ(text(after, "CreationTimestamp"), "2026-11-22T19:54:02.123Z");
}

TEST_P(DefinitionsTest, VersionsAreListedNewestFirst) {
  const std::string id = text(create(), "Id");
  const std::string second = text(made(base() + "/" + id + "/versions", GetParam().version), "Version");
  const std::string third = text(made(base() + "/" + id + "/versions", GetParam().version), "Version");
  const json::value page = json_of(greengrass("GET", base() + "/" + id + "/versions?MaxResults=2"));
  EXPECT_EQ(text(page.at("Versions").at(0), "Version"), third);
  EXPECT_EQ(text(page.at("Versions").at(1), "Version"), second);
  const std::string token = percent_encode(text(page, "NextToken"));
  const json::value rest = json_of(greengrass("GET", base() + "/" + id + "/versions?NextToken=" + token));
  EXPECT_EQ(rest.at("Versions").as_array().size(), 1U);
  EXPECT_FALSE(rest.as_object().contains("NextToken"));
}

TEST_P(DefinitionsTest, AreListedInPages) {
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.insert(text(create(), "Id"));
  const json::value page = json_of(greengrass("GET", base() + "?MaxResults=2"));
  std::set<std::string> listed;
  for (const json::value& item : page.at("Definitions").as_array()) listed.insert(text(item, "Id"));
  const json::value rest =
      json_of(greengrass("GET", base() + "?MaxResults=2&NextToken=" + percent_encode(text(page, "NextToken"))));
  for (const json::value& item : rest.at("Definitions").as_array()) listed.insert(text(item, "Id"));
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(page.at("Definitions").at(0).at("tags"), json::parse(R"({"k":"v"})"));
  expect_error(greengrass("GET", base() + "?MaxResults=51"), 400, "BadRequestException");
  expect_error(greengrass("GET", base() + "?NextToken=x"), 400, "BadRequestException");
}

TEST_P(DefinitionsTest, AreRenamedAndDeleted) {
  const std::string id = text(create(), "Id");
  EXPECT_EQ(greengrass("PUT", base() + "/" + id, R"({"Name":"new"})").body, "{}");
  EXPECT_EQ(text(json_of(greengrass("GET", base() + "/" + id)), "Name"), "new");
  const std::string wanted =
      GetParam().segment == "resources" ? "InvalidInputException" : "InvalidContainerDefinitionException";
  expect_error(greengrass("PUT", base() + "/" + id, R"({"Name":""})"), 400, wanted);
  EXPECT_EQ(greengrass("DELETE", base() + "/" + id).body, "{}");
  for (const char* method : {"GET", "DELETE"})
    expect_error(greengrass(method, base() + "/" + id), 404, "IdNotFoundException");
  expect_error(greengrass("PUT", base() + "/" + id, R"({"Name":"x"})"), 404, "IdNotFoundException");
  expect_error(greengrass("GET", base() + "/" + id + "/versions"), 404, "IdNotFoundException");
  expect_error(greengrass("POST", base() + "/" + id + "/versions", GetParam().version), 404, "IdNotFoundException");
}

TEST_P(DefinitionsTest, UnknownVersionsAreNotFound) {
  const std::string id = text(create(), "Id");
  const std::string wanted = GetParam().segment == "functions" ? "IdNotFoundException" : "VersionNotFoundException";
  expect_error(greengrass("GET", base() + "/" + id + "/versions/none"), 404, wanted);
}

TEST_P(DefinitionsTest, IdsAreUniqueWithinAVersion) {
  json::object twice = json::parse(GetParam().version).as_object();
  for (auto& member : twice) {
    if (member.value().is_array()) member.value().as_array().push_back(json::value(member.value().as_array()[0]));
  }
  const HttpResponse response =
      greengrass("POST", base(), fmt::format(R"({{"InitialVersion":{}}})", json::serialize(twice)));
  expect_error(response, 400, "BadRequestException");
  EXPECT_THAT(message_of(response), HasSubstr("another entry with the Id"));
  EXPECT_EQ(json_of(response).at("ErrorDetails").at(0).at("DetailedErrorCode"), "InvalidId");
  EXPECT_TRUE(json_of(greengrass("GET", base())).at("Definitions").as_array().empty());
}

TEST_P(DefinitionsTest, AClientTokenReplaysTheAnswer) {
  const TestHeaders token{{"X-Amzn-Client-Token", "t-1"}};
  const HttpResponse first = greengrass("POST", base(), R"({"Name":"a"})", token);
  const HttpResponse again = greengrass("POST", base(), R"({"Name":"a"})", token);
  EXPECT_EQ(json_of(first), json_of(again));
  expect_error(greengrass("POST", base(), R"({"Name":"b"})", token), 400, "BadRequestException");
}

class FunctionDefinitionsTest : public GreengrassTest {
 protected:
  static constexpr const char* kArn = "arn:aws:lambda:us-west-2:123456789012:function:hello:1";

  /// What is said about a definition with one function.
  std::string refusal(std::string_view arn, std::string_view configuration = "{}", std::string_view defaults = "{}") {
    const HttpResponse response =
        greengrass("POST", "/definition/functions",
                   fmt::format(R"({{"InitialVersion":{{"DefaultConfig":{},"Functions":[{{"Id":"f","FunctionArn":"{}",)"
                               R"("FunctionConfiguration":{}}}]}}}})",
                               defaults, arn, configuration));
    if (response.status == 200) return "accepted";
    expect_error(response, 400, "BadRequestException");
    return message_of(response);
  }
};

TEST_F(FunctionDefinitionsTest, NeedAVersionOrAnAlias) {
  EXPECT_EQ(refusal(kArn), "accepted");
  EXPECT_THAT(refusal("arn:aws:lambda:us-west-2:123456789012:function:hello:$LATEST"), HasSubstr("$LATEST"));
  EXPECT_THAT(refusal("arn:aws:lambda:us-west-2:123456789012:function:hello"), HasSubstr("has no qualifier"));
  EXPECT_THAT(refusal("hello:1"), HasSubstr("FunctionArn"));
  EXPECT_EQ(refusal("arn:aws:lambda:::function:GGStreamManager:1"), "accepted");
}

TEST_F(FunctionDefinitionsTest, AreRefusedInV1sWords) {
  const std::string arn = kArn;
  EXPECT_THAT(refusal(arn, "{}", R"({"Execution":{"IsolationMode":"Docker"}})"),
              HasSubstr("Your 'IsolationMode' configuration for the group is invalid."));
  EXPECT_THAT(refusal(arn, R"({"Environment":{"Execution":{"IsolationMode":"Docker"}}})"),
              HasSubstr("Your 'IsolationMode' configuration for function with arn " + arn + " is invalid."));
  const std::string none = R"({"Execution":{"IsolationMode":"NoContainer"}})";
  EXPECT_THAT(refusal(arn, R"({"MemorySize":1024})", none),
              HasSubstr("MemorySize configuration for function with arn " + arn +
                        " is not allowed in IsolationMode=NoContainer."));
  EXPECT_THAT(refusal(arn, R"({"Environment":{"AccessSysfs":true}})", none),
              HasSubstr("Access Sysfs configuration for function with arn " + arn +
                        " is not allowed in IsolationMode=NoContainer."));
  EXPECT_EQ(
      refusal(arn, R"({"MemorySize":1024,"Environment":{"Execution":{"IsolationMode":"GreengrassContainer"}}})", none),
      "accepted");
  const std::string detector = "arn:aws:lambda:::function:GGIPDetector:1";
  EXPECT_THAT(refusal(detector, R"({"Environment":{"Execution":{"RunAs":{"Uid":1}}}})"),
              HasSubstr("Execution configuration for function with arn " + detector + " is not allowed."));
}

TEST_F(FunctionDefinitionsTest, MembersHaveTypesAndBounds) {
  for (const char* configuration :
       {R"({"Timeout":0})", R"({"Timeout":"3"})", R"({"MemorySize":-1})", R"({"Pinned":"yes"})",
        R"({"EncodingType":"xml"})", R"({"Environment":5})", R"({"Environment":{"Variables":{"A":1}}})",
        R"({"Environment":{"Variables":{"A=B":"1"}}})", R"({"Environment":{"Variables":{"1A":"1"}}})",
        R"({"Environment":{"Execution":{"RunAs":{"Uid":-1}}}})", R"({"Environment":{"Execution":{"RunAs":[]}}})",
        R"({"Environment":{"ResourceAccessPolicies":[{"ResourceId":"a b"}]}})",
        R"({"Environment":{"ResourceAccessPolicies":[{"ResourceId":"a","Permission":"wo"}]}})", R"(5)"}) {
    EXPECT_THAT(refusal(kArn, configuration), HasSubstr("Functions[0].FunctionConfiguration")) << configuration;
  }
}

TEST_F(FunctionDefinitionsTest, KeysOfEnvironmentsAreRefusedInV1sWords) {
  EXPECT_THAT(refusal(kArn, R"({"Environment":{"Variables":{"my-key":"1"}}})"),
              HasSubstr("Invalid environment key name: \"my-key\""));
  EXPECT_EQ(refusal(kArn, R"({"Environment":{"Variables":{"_MY_key2":"1","A":""}}})"), "accepted");
}

TEST_F(GreengrassTest, EveryProblemIsNamedButNotWithoutBound) {
  const HttpResponse two =
      greengrass("POST", "/definition/cores",
                 R"({"InitialVersion":{"Cores":[{"Id":"a","ThingArn":"x","CertificateArn":"y"},{"Id":"b"}]}})");
  EXPECT_EQ(json_of(two).at("ErrorDetails").as_array().size(), 2U);
  std::string many;
  for (int i = 0; i < 100; ++i) many += fmt::format(R"({}{{"Id":"{}"}})", i == 0 ? "" : ",", i);
  const HttpResponse hundred =
      greengrass("POST", "/definition/cores", fmt::format(R"({{"InitialVersion":{{"Cores":[{}]}}}})", many));
  EXPECT_EQ(json_of(hundred).at("ErrorDetails").as_array().size(), 20U);
  EXPECT_THAT(message_of(hundred), HasSubstr("and 80 more"));
}

TEST_F(GreengrassTest, OtherFamiliesAreChecked) {
  const auto refusal = [&](std::string_view family, std::string_view version) {
    const HttpResponse response =
        greengrass("POST", fmt::format("/definition/{}", family), fmt::format(R"({{"InitialVersion":{}}})", version));
    expect_error(response, 400, "BadRequestException");
    return message_of(response);
  };
  EXPECT_THAT(refusal("subscriptions", R"({"Subscriptions":[{"Id":"s","Source":"x","Subject":"a","Target":"cloud"}]})"),
              HasSubstr("Subscriptions[0].Source"));
  EXPECT_THAT(
      refusal("subscriptions", R"({"Subscriptions":[{"Id":"s","Source":"cloud","Subject":"a","Target":"cloud"}]})"),
      HasSubstr("from cloud to cloud"));
  EXPECT_THAT(
      refusal("subscriptions",
              R"({"Subscriptions":[{"Id":"s","Source":"cloud","Subject":"a/#/b","Target":"GGShadowService"}]})"),
      HasSubstr("Subscriptions[0].Subject"));
  EXPECT_THAT(refusal("loggers", R"({"Loggers":[{"Id":"l","Component":"Lambda","Level":"LOUD","Type":"FileSystem"}]})"),
              HasSubstr("Level"));
  EXPECT_THAT(refusal("resources", R"({"Resources":[{"Id":"r","Name":"n","ResourceDataContainer":{}}]})"),
              HasSubstr("exactly one"));
  EXPECT_THAT(refusal("connectors", R"({"Connectors":[{"Id":"c","ConnectorArn":"SNS"}]})"), HasSubstr("ConnectorArn"));
  EXPECT_THAT(refusal("devices", R"({"Devices":{}})"), HasSubstr("Devices: must be a list"));
  EXPECT_THAT(refusal("devices", R"({"Devices":[5]})"), HasSubstr("Devices[0]"));
}

TEST_F(GreengrassTest, ResourcesAreTagged) {
  const std::string arn = percent_encode(text(made("/definition/loggers", R"({"tags":{"a":"1"}})"), "Arn"));
  const std::string group = percent_encode(text(made("/groups", R"({"Name":"g"})"), "Arn"));
  EXPECT_EQ(call("greengrass", "POST", "/tags/" + arn, R"({"tags":{"b":"2"}})").status, 204U);
  EXPECT_EQ(json_of(call("greengrass", "GET", "/tags/" + arn)), json::parse(R"({"tags":{"a":"1","b":"2"}})"));
  EXPECT_EQ(call("greengrass", "DELETE", "/tags/" + arn + "?tagKeys=a&tagKeys=x").status, 204U);
  EXPECT_EQ(json_of(call("greengrass", "GET", "/tags/" + arn)), json::parse(R"({"tags":{"b":"2"}})"));
  EXPECT_EQ(json_of(call("greengrass", "GET", "/tags/" + group)), json::parse(R"({"tags":{}})"));
  expect_error(call("greengrass", "GET", "/tags/arn%3Aaws%3Aiot%3A%3A%3Ax"), 400, "BadRequestException");
  expect_error(call("greengrass", "POST", "/tags/" + arn, R"({"tags":{"aws:x":"2"}})"), 400, "BadRequestException");
}

TEST_F(GreengrassTest, FunctionsAreTagged) {
  const std::string arn = percent_encode(text(create("hello", R"(,"Tags":{"a":"1"})"), "FunctionArn"));
  EXPECT_EQ(call("lambda", "POST", "/2017-03-31/tags/" + arn, R"({"Tags":{"b":"2"}})").status, 204U);
  EXPECT_EQ(call("lambda", "DELETE", "/2017-03-31/tags/" + arn + "?tagKeys=a").status, 204U);
  EXPECT_EQ(json_of(call("lambda", "GET", "/2017-03-31/tags/" + arn)), json::parse(R"({"Tags":{"b":"2"}})"));
  expect_error(call("lambda", "GET", "/2017-03-31/tags/nope"), 404, "ResourceNotFoundException");
}

}  // namespace
}  // namespace fescue::cloud
