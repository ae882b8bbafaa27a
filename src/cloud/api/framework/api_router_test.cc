// Operations of given requests, and that the real table is unambiguous and AWS's own.
#include "cloud/api/framework/api_router.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "cloud/api/known/known_operations.h"

namespace fescue::cloud {
namespace {

HttpRequest request(std::string method, std::string target, std::string scope = "", std::string body = "") {
  HttpRequest made{std::move(method), std::move(target), {}, std::move(body)};
  if (!scope.empty()) {
    made.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=AK/20261122/us-west-2/" + scope +
                                          "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00");
  }
  return made;
}

class RouterTest : public testing::Test {
 protected:
  std::string name_of(Service service, std::string method, std::string target, std::string body = "") {
    auto match = router_.match(service, request(std::move(method), std::move(target), "", std::move(body)));
    if (!match) return match.error().name;
    labels_ = match->labels;
    return std::string(match->operation->name);
  }

  Router router_{operations()};
  std::vector<std::string> labels_;
};

TEST_F(RouterTest, LabelsAreDecodedAfterTheSplit) {
  EXPECT_EQ(name_of(Service::greengrass, "GET",
                    "/tags/arn%3Aaws%3Agreengrass%3Aus-west-2%3A123456789012%3A%2Fgreengrass%2Fgroups%2Fg-1"),
            "ListTagsForResource");
  EXPECT_EQ(labels_, (std::vector<std::string>{"arn:aws:greengrass:us-west-2:123456789012:/greengrass/groups/g-1"}));
  EXPECT_EQ(name_of(Service::iot_data, "POST", "/topics/hello%2Fworld%20%24x%2B?qos=1"), "Publish");
  EXPECT_EQ(labels_, (std::vector<std::string>{"hello/world $x+"}));
}

TEST_F(RouterTest, LiteralsWinOverLabels) {
  const std::string base = "/greengrass/groups/g/certificateauthorities/";
  EXPECT_EQ(name_of(Service::greengrass, "GET", base + "configuration/expiry"), "GetGroupCertificateConfiguration");
  EXPECT_EQ(name_of(Service::greengrass, "GET", base + "abc"), "GetGroupCertificateAuthority");
}

TEST_F(RouterTest, AGreedyLabelTakesAllThatFollows) {
  const std::string arn = "arn:aws:iot:us-west-2:123456789012:ruledestination/http/1";
  EXPECT_EQ(name_of(Service::iot, "GET", "/destinations/" + arn), "GetTopicRuleDestination");
  EXPECT_EQ(labels_, (std::vector<std::string>{arn}));
  EXPECT_EQ(name_of(Service::iot, "DELETE", "/destinations/" + arn), "DeleteTopicRuleDestination");
  EXPECT_EQ(name_of(Service::iot, "GET", "/destinations"), "ListTopicRuleDestinations");
}

TEST_F(RouterTest, ToleratesOldSpellings) {
  EXPECT_EQ(name_of(Service::lambda, "GET", "/2015-03-31/functions/"), "ListFunctions");
  EXPECT_EQ(name_of(Service::lambda, "POST", "/2014-11-13/functions/f/invoke-async/"), "InvokeAsync");
  EXPECT_EQ(name_of(Service::greengrass, "POST", "/greengrass/groups/g/deployments/$reset"), "ResetDeployments");
  EXPECT_EQ(name_of(Service::greengrass, "POST", "/greengrass/groups/g/deployments/%24reset"), "ResetDeployments");
}

TEST_F(RouterTest, UnknownAndBrokenTargetsAreTold) {
  EXPECT_EQ(name_of(Service::iot, "GET", "/nowhere"), "UnknownOperationException");
  EXPECT_EQ(name_of(Service::iot, "PUT", "/things/t"), "UnknownOperationException");
  EXPECT_EQ(name_of(Service::iot, "GET", ""), "UnknownOperationException");
  EXPECT_EQ(name_of(Service::iot, "GET", "/things/%zz"), "SerializationException");
  EXPECT_EQ(name_of(Service::iot, "GET", "/things/%ff"), "SerializationException");
  EXPECT_EQ(name_of(Service::iot, "GET", "/things/a%00b"), "SerializationException");
  EXPECT_EQ(name_of(Service::iot, "GET", "/things/t?x=%f"), "SerializationException");
  EXPECT_EQ(name_of(Service::sts, "POST", "/", "Version=2011-06-15"), "MissingAction");
  EXPECT_EQ(name_of(Service::sts, "POST", "/", "Action=Dance"), "InvalidAction");
  EXPECT_EQ(name_of(Service::secrets_manager, "POST", "/"), "UnknownOperationException");
}

TEST_F(RouterTest, StsReadsFormsAndQueries) {
  EXPECT_EQ(name_of(Service::sts, "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15"), "GetCallerIdentity");
  EXPECT_EQ(name_of(Service::sts, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15"), "GetCallerIdentity");
}

/// The pattern with a value for each label.
std::string sample_target(std::string_view pattern) {
  std::string target;
  bool in_label = false;
  for (const char c : pattern) {
    if (c == '{') target += "x1";
    in_label = c == '{' || (in_label && c != '}');
    if (!in_label && c != '}') target.push_back(c);
  }
  return target;
}

TEST(Operations, EachIsReachedByItsOwnPattern) {
  const Router router(operations());
  for (const Operation& operation : operations()) {
    if (operation.pattern.empty()) continue;
    const auto match =
        router.match(operation.service, request(std::string(operation.method), sample_target(operation.pattern)));
    ASSERT_TRUE(match) << operation.name;
    EXPECT_EQ(match->operation, &operation) << operation.name << " is hidden by " << match->operation->name;
  }
}

TEST(Operations, NamesAreUniqueInAService) {
  std::map<std::pair<Service, std::string_view>, const Operation*> names;
  std::map<Service, int> counts;
  for (const Operation& operation : operations()) {
    const auto [first, is_new] = names.emplace(std::pair(operation.service, operation.name), &operation);
    EXPECT_TRUE(is_new || (operation.run != nullptr && first->second->run == operation.run))
        << operation.name << " is two operations";
    counts[operation.service] += is_new ? 1 : 0;
  }
  EXPECT_EQ(counts[Service::greengrass], 92);
  EXPECT_GE(counts[Service::iot], 272);
  EXPECT_GE(counts[Service::lambda], 85);
}

/// The pattern with every label named alike.
std::string shape_of(std::string_view pattern) {
  std::string shape;
  bool in_label = false;
  for (const char c : pattern) {
    if (!in_label) shape.push_back(c);
    in_label = c == '{' || (in_label && c != '}');
  }
  return shape;
}

TEST(Operations, AnswerWhereAwsModelsSay) {
  const std::pair<Service, std::span<const KnownOperation>> models[] = {{Service::iot, known_iot_operations()},
                                                                        {Service::lambda, known_lambda_operations()}};
  for (const auto& [service, model] : models) {
    for (const Operation& operation : operations()) {
      if (operation.service != service) continue;
      const auto known = std::ranges::find(model, operation.name, &KnownOperation::name);
      ASSERT_NE(known, model.end()) << operation.name;
      EXPECT_EQ(operation.method, known->method) << operation.name;
      EXPECT_EQ(shape_of(operation.pattern), shape_of(known->pattern)) << operation.name;
    }
  }
}

TEST_F(RouterTest, AParameterMayTellOperationsApart) {
  EXPECT_EQ(name_of(Service::lambda, "GET", "/2018-10-31/layers?find=LayerVersion&Arn=x"), "GetLayerVersionByArn");
  EXPECT_EQ(name_of(Service::lambda, "GET", "/2018-10-31/layers"), "ListLayers");
}

}  // namespace
}  // namespace fescue::cloud
