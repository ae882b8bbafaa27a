// For tests: Greengrass requests as clients send them.
#pragma once

#include <string>

#include <fmt/format.h>

#include "cloud/api/lambda/lambda_test_support.h"

namespace fescue::cloud {

class GreengrassTest : public LambdaTest {
 protected:
  HttpResponse greengrass(std::string_view method, std::string_view path, std::string_view body = {},
                          const TestHeaders& headers = {}) {
    return call("greengrass", method, fmt::format("/greengrass{}", path), body, headers);
  }
  json::object made(std::string_view path, std::string_view body) {
    const HttpResponse response = greengrass("POST", path, body);
    EXPECT_EQ(response.status, 200U) << response.body;
    return json_of(response).as_object();
  }
  static std::string text(const json::value& object, std::string_view member) {
    return std::string(object.at(member).as_string());
  }
  /// The ARN of the first version of a new definition.
  std::string definition(std::string_view family, std::string_view version) {
    return text(
        made(fmt::format("/definition/{}", family), fmt::format(R"({{"Name":"n","InitialVersion":{}}})", version)),
        "LatestVersionArn");
  }
  static std::string message_of(const HttpResponse& response) { return text(json_of(response), "Message"); }
};

}  // namespace fescue::cloud
