// For tests of the IoT operations: short ways to call them, and certificates that need no key.
#pragma once

#include <string>
#include <string_view>

#include "cloud/api/framework/api_test_support.h"
#include "cloud/store/certificate_store.h"

namespace fescue::cloud {

class IotTest : public ApiTest {
 protected:
  /// "200", or "404 ResourceNotFoundException".
  static std::string verdict(const HttpResponse& response) {
    const std::string error = error_of(response);
    return std::to_string(response.status) + (error.empty() ? "" : " " + error);
  }
  std::string verdict(std::string_view method, std::string_view target, std::string_view body = {},
                      const TestHeaders& headers = {}) {
    return verdict(call("iot", method, target, body, headers));
  }
  /// The body of a call that succeeds.
  json::object ask(std::string_view method, std::string_view target, std::string_view body = {},
                   const TestHeaders& headers = {}) {
    const HttpResponse response = call("iot", method, target, body, headers);
    EXPECT_EQ(response.status, 200U) << method << " " << target << ": " << response.body;
    const json::value value = json_of(response);
    return value.is_object() ? value.get_object() : json::object();
  }

  /// The ARN of a certificate whose id is 64 times `digit`.
  std::string make_certificate(char digit, CertificateStatus status = CertificateStatus::inactive) {
    const CertificateId id(std::string(64, digit));
    CertificateStore(database_)
        .insert({.id = id, .pem = "PEM", .status = status, .created = now_, .modified = now_, .generation_id = "g"})
        .value();
    return certificate_arn(config_.region, config_.account, id);
  }
  static std::string certificate_path(char digit) { return "/certificates/" + std::string(64, digit); }

  static inline const std::string kUnknownCertificate =
      "arn:aws:iot:us-west-2:123456789012:cert/" + std::string(64, '0');
};

}  // namespace fescue::cloud
