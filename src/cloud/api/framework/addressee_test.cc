// Services of given requests, and each form of an error as its clients read it.
#include "cloud/api/framework/addressee.h"

#include <gtest/gtest.h>

#include "cloud/api/framework/error_forms.h"

namespace fescue::cloud {
namespace {

HttpRequest head_of(std::string method, std::string target, std::string scope = "",
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpRequest made{std::move(method), std::move(target), {}, ""};
  if (!scope.empty()) {
    made.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=AK/20261122/us-west-2/" + scope +
                                          "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00");
  }
  for (auto& [name, value] : headers) made.headers.add(std::move(name), std::move(value));
  return made;
}

TEST(AddresseeOf, FollowsTheScope) {
  EXPECT_EQ(addressee_of(head_of("GET", "/x", "greengrass")).service, Service::greengrass);
  EXPECT_EQ(addressee_of(head_of("GET", "/x", "lambda")).service, Service::lambda);
  EXPECT_EQ(addressee_of(head_of("GET", "/things", "execute-api")).service, Service::iot);
  EXPECT_EQ(addressee_of(head_of("GET", "/things/t/shadow", "execute-api")).service, Service::iot_data);
  EXPECT_EQ(addressee_of(head_of("GET", "/things/t", "iotdata")).service, Service::iot);
  EXPECT_EQ(addressee_of(head_of("POST", "/topics/a", "iot")).service, Service::iot_data);
  EXPECT_EQ(addressee_of(head_of("POST", "/", "secretsmanager")).service, Service::secrets_manager);
  EXPECT_EQ(addressee_of(head_of("POST", "/", "iam")).service, Service::iam);
  EXPECT_EQ(addressee_of(head_of("POST", "/_fescue/keys", "fescue")).service, Service::keys);
  EXPECT_EQ(addressee_of(head_of("GET", "/bucket", "s3")).service, Service::unserved);
}

TEST(AddresseeOf, WithoutAScopeFollowsTargetFormAndPath) {
  const std::pair<std::string, Service> rows[] = {
      {"/greengrass/groups", Service::greengrass},
      {"/tags/arn%3Aaws%3Agreengrass%3Ax", Service::greengrass},
      {"/2015-03-31/functions/", Service::lambda},
      {"/2017-03-31/tags/arn", Service::lambda},
      {"/topics/a%2Fb", Service::iot_data},
      {"/things/t/shadow?name=n", Service::iot_data},
      {"/retainedMessage", Service::iot_data},
      {"/things/t", Service::iot},
      {"/tags", Service::iot},
      {"/", Service::sts},
  };
  for (const auto& [target, service] : rows) {
    EXPECT_EQ(addressee_of(head_of("POST", target)).service, service) << target;
  }

  HttpRequest secret = head_of("POST", "/");
  secret.headers.add("X-Amz-Target", "secretsmanager.GetSecretValue");
  EXPECT_EQ(addressee_of(secret).service, Service::secrets_manager);
  HttpRequest logs = head_of("POST", "/");
  logs.headers.add("X-Amz-Target", "Logs_20140328.CreateLogGroup");
  EXPECT_EQ(addressee_of(logs).service, Service::logs);
}

struct Unserved {
  HttpRequest sent;
  ErrorForm form;
  std::string name;
};

TEST(AddresseeOf, KnowsTheFormOfWhatIsNotHere) {
  const std::string form = "application/x-www-form-urlencoded; charset=utf-8";
  const Unserved requests[] = {
      {head_of("GET", "/bucket/key", "s3"), ErrorForm::s3, "s3"},
      {head_of("GET", "/v20180820/bucket", "s3"), ErrorForm::query, "s3"},
      {head_of("GET", "/2013-04-01/hostedzone", "route53"), ErrorForm::query, "route53"},
      {head_of("POST", "/", "ec2", {{"Content-Type", form}}), ErrorForm::ec2, "ec2"},
      {head_of("POST", "/", "cloudformation", {{"Content-Type", form}}), ErrorForm::query, "cloudformation"},
      {head_of("POST", "/", "dynamodb", {{"X-Amz-Target", "DynamoDB_20120810.ListTables"}}), ErrorForm::json,
       "dynamodb"},
      {head_of("POST", "/service/x/operation/y", "monitoring", {{"Smithy-Protocol", "rpc-v2-cbor"}}), ErrorForm::cbor,
       "monitoring"},
      {head_of("GET", "/v1/apis", "apigateway"), ErrorForm::rest_json, "apigateway"},
      {head_of("GET", "/greengrass/v2/coreDevices", "greengrass"), ErrorForm::rest_json, "greengrassv2"},
      {head_of("GET", "/", std::string(1000, 'x')), ErrorForm::rest_json, std::string(64, 'x')},
  };
  for (const Unserved& request : requests) {
    const Addressee found = addressee_of(request.sent);
    EXPECT_EQ(found.service, Service::unserved) << request.name;
    EXPECT_EQ(found.form, request.form) << request.name;
    EXPECT_EQ(found.name, request.name);
    EXPECT_NE(unserved(found).message.find(request.name), std::string::npos);
  }
}

std::string written(ErrorForm form, ApiError error) {
  return write_error({Service::unserved, form, "x"}, std::move(error), "id-1").body;
}

TEST(ErrorForms, AreThoseOfTheProtocols) {
  const ApiError error(400, "InvalidAction", "a < b");
  const std::string inner = "<Code>InvalidAction</Code><Message>a &lt; b</Message>";
  EXPECT_EQ(written(ErrorForm::query, error), "<ErrorResponse><Error><Type>Sender</Type>" + inner +
                                                  "</Error><RequestId>id-1</RequestId></ErrorResponse>");
  EXPECT_NE(written(ErrorForm::s3, error).find("<Error>" + inner + "<RequestId>id-1</RequestId></Error>"),
            std::string::npos);
  EXPECT_NE(written(ErrorForm::ec2, error)
                .find("<Response><Errors><Error>" + inner + "</Error></Errors><RequestID>id-1</RequestID></Response>"),
            std::string::npos);
  EXPECT_EQ(written(ErrorForm::json, error), R"({"__type":"InvalidAction","message":"a < b"})");
  EXPECT_EQ(written(ErrorForm::rest_json, error), R"({"message":"a < b"})");
  EXPECT_EQ(written(ErrorForm::cbor, error),
            "\xa2\x66__type\x6dInvalidAction\x67message\x65"
            "a < b");
  EXPECT_NE(written(ErrorForm::cbor, {400, "X", std::string(300, 'm')}).find("\x79\x01\x2cmmm"), std::string::npos);
}

}  // namespace
}  // namespace fescue::cloud
