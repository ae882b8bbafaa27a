// What tools ask in passing, of functions that are there and of those that are not.
#include "cloud/api/lambda/lambda_test_support.h"

namespace fescue::cloud {
namespace {

class LambdaSettings : public LambdaTest {
 protected:
  HttpResponse ask(const std::string& date, const std::string& rest) {
    return call("lambda", "GET", fmt::format("/{}{}", date, rest));
  }
};

TEST_F(LambdaSettings, AnswerWhatThereIsNothingOf) {
  create("f");
  publish("f");
  const std::string f = "/functions/f";
  EXPECT_EQ(json_of(ask("2020-06-30", f + "/code-signing-config")).at("FunctionName"), "f");
  EXPECT_EQ(ask("2019-09-30", f + "/concurrency").body, "{}");
  EXPECT_EQ(json_of(ask("2021-07-20", f + "/runtime-management-config?Qualifier=1")).at("FunctionArn"),
            "arn:aws:lambda:us-west-2:123456789012:function:f:1");
  EXPECT_EQ(ask("2021-10-31", f + "/urls").body, R"({"FunctionUrlConfigs":[]})");
  EXPECT_EQ(ask("2019-09-25", f + "/event-invoke-config/list").body, R"({"FunctionEventInvokeConfigs":[]})");
  EXPECT_EQ(ask("2019-09-30", f + "/provisioned-concurrency?List=ALL").body, R"({"ProvisionedConcurrencyConfigs":[]})");
  EXPECT_EQ(ask("2024-08-31", f + "/recursion-config").body, R"({"RecursiveLoop":"Terminate"})");
  EXPECT_EQ(ask("2015-03-31", "/event-source-mappings?FunctionName=f").body, R"({"EventSourceMappings":[]})");
  EXPECT_EQ(ask("2018-10-31", "/layers").body, R"({"Layers":[]})");
  for (const std::string path :
       {"2015-03-31/functions/f/policy", "2021-10-31/functions/f/url", "2019-09-25/functions/f/event-invoke-config"}) {
    expect_error(call("lambda", "GET", "/" + path), 404, "ResourceNotFoundException");
  }
  expect_error(ask("2019-09-30", f + "/provisioned-concurrency?Qualifier=1"), 404,
               "ProvisionedConcurrencyConfigNotFoundException");
}

TEST_F(LambdaSettings, OfNoFunctionAreNotFound) {
  for (const std::string path : {"2020-06-30/functions/f/code-signing-config", "2019-09-30/functions/f/concurrency",
                                 "2015-03-31/functions/f/policy", "2021-10-31/functions/f/urls",
                                 "2021-07-20/functions/f/runtime-management-config"}) {
    const HttpResponse response = call("lambda", "GET", "/" + path);
    expect_error(response, 404, "ResourceNotFoundException");
    EXPECT_NE(response.body.find("Function not found"), std::string::npos);
  }
}

TEST_F(LambdaSettings, OfTheAccountCountWhatThereIs) {
  EXPECT_EQ(json_of(ask("2016-08-19", "/account-settings")).at("AccountUsage").at("FunctionCount"), 0);
  const auto size = create("f").at("CodeSize").as_int64();
  publish("f");
  create("g");
  const json::value settings = json_of(ask("2016-08-19", "/account-settings"));
  EXPECT_EQ(settings.at("AccountUsage").at("FunctionCount"), 2);
  EXPECT_EQ(settings.at("AccountUsage").at("TotalCodeSize"), 3 * size);
  EXPECT_EQ(settings.at("AccountLimit").at("CodeSizeUnzipped"), 262'144'000);
}

}  // namespace
}  // namespace fescue::cloud
