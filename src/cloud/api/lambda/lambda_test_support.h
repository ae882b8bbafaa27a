// For tests: Lambda requests as clients send them.
#pragma once

#include <string>

#include <fmt/format.h>

#include "cloud/api/framework/api_test_support.h"
#include "tests/fakes/zip_builder.h"

namespace fescue::cloud {

inline constexpr std::string_view kFunctions = "/2015-03-31/functions";
inline constexpr std::string_view kRole = "arn:aws:iam::123456789012:role/unused";

class LambdaTest : public ApiTest {
 protected:
  static std::string zip(const std::string& content) { return base64_encode(make_zip({{"app.py", content}})); }

  /// The body of a CreateFunction; `extra` is further members, each with a leading comma.
  static std::string new_function(std::string_view name, std::string_view extra = "") {
    return fmt::format(R"({{"FunctionName":"{}","Runtime":"python3.11","Role":"{}","Handler":"app.handler",)"
                       R"("Code":{{"ZipFile":"{}"}}{}}})",
                       name, kRole, zip("one"), extra);
  }
  HttpResponse lambda(std::string_view method, std::string_view path, std::string_view body = {}) {
    return call("lambda", method, fmt::format("{}{}", kFunctions, path), body);
  }
  json::object create(std::string_view name, std::string_view extra = "") {
    const HttpResponse response = lambda("POST", "", new_function(name, extra));
    EXPECT_EQ(response.status, 201U) << response.body;
    return json_of(response).as_object();
  }
  std::string publish(std::string_view name) {
    return std::string(json_of(lambda("POST", fmt::format("/{}/versions", name))).at("Version").as_string());
  }
  void describe(std::string_view name, std::string_view description) {
    ASSERT_EQ(
        lambda("PUT", fmt::format("/{}/configuration", name), fmt::format(R"({{"Description":"{}"}})", description))
            .status,
        200U);
  }
  HttpResponse create_alias(std::string_view function, std::string_view name, std::string_view version) {
    return lambda("POST", fmt::format("/{}/aliases", function),
                  fmt::format(R"({{"Name":"{}","FunctionVersion":"{}"}})", name, version));
  }
  static void expect_error(const HttpResponse& response, unsigned status, std::string_view name) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(error_of(response), name) << response.body;
  }
};

}  // namespace fescue::cloud
