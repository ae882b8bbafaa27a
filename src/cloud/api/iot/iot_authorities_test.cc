// The owner's authorities, and certificates that they signed, by signed requests.
#include <gmock/gmock.h>

#include "cloud/api/iot/iot_test_support.h"
#include "tests/fakes/client_certificate.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

const Authority& plant() {
  static const Authority made = make_authority("Plant", std::chrono::hours(24)).value();
  return made;
}

class Authorities : public IotTest {
 protected:
  static std::string text(const json::object& object, std::string_view member) {
    return std::string(object.at(member).as_string());
  }
  std::string code() { return text(ask("GET", "/registrationcode"), "registrationCode"); }
  HttpResponse enlist(const json::object& body, std::string_view query = "") {
    return call("iot", "POST", "/cacertificate" + std::string(query), json::serialize(body));
  }
  static json::object proved(const Authority& authority, const std::string& name) {
    return {{"caCertificate", authority.certificate_pem},
            {"verificationCertificate", client_certificate(authority, name)}};
  }
  /// Registered, active; its id.
  std::string add(const Authority& authority, std::string_view query = "?setAsActive=true") {
    const HttpResponse response = enlist(proved(authority, code()), query);
    EXPECT_EQ(response.status, 200U) << response.body;
    return text(json_of(response).as_object(), "certificateId");
  }
  HttpResponse enrol(const json::object& body, std::string_view path = "/certificate/register") {
    return call("iot", "POST", path, json::serialize(body));
  }
  json::object describe(const std::string& id) {
    return ask("GET", "/cacertificate/" + id).at("certificateDescription").as_object();
  }
};

TEST_F(Authorities, TheRegistrationCodeStaysUntilItIsDeleted) {
  EXPECT_EQ(verdict("DELETE", "/registrationcode"), "404 ResourceNotFoundException");
  const std::string first = code();
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(code(), first);
  EXPECT_EQ(verdict("DELETE", "/registrationcode"), "200");
  EXPECT_NE(code(), first);
}

TEST_F(Authorities, AreRegisteredByWhoeverHasTheirKey) {
  EXPECT_EQ(verdict(enlist({})), "400 InvalidRequestException");
  EXPECT_EQ(verdict(enlist({{"caCertificate", plant().certificate_pem}})), "400 InvalidRequestException");
  EXPECT_EQ(verdict(enlist(proved(plant(), "x"))), "400 RegistrationCodeValidationException")
      << "no code was asked for";
  const std::string right = code();
  EXPECT_EQ(verdict(enlist(proved(plant(), "x"))), "400 RegistrationCodeValidationException");
  json::object other = proved(authority_, right);
  other["caCertificate"] = plant().certificate_pem;
  EXPECT_EQ(verdict(enlist(other)), "400 CertificateValidationException") << "the key of another";
  json::object no_ca = proved(plant(), right);
  no_ca["caCertificate"] = client_certificate(plant(), "leaf");
  EXPECT_EQ(verdict(enlist(no_ca)), "400 CertificateValidationException");
  no_ca["caCertificate"] = "junk";
  EXPECT_EQ(verdict(enlist(no_ca)), "400 CertificateValidationException");

  const std::string id = add(plant(), "");
  EXPECT_EQ(id, inspect_certificate(plant().certificate_pem).value().sha256);
  const json::object description = describe(id);
  EXPECT_EQ(description.at("certificateArn"), json::value("arn:aws:iot:us-west-2:123456789012:cacert/" + id));
  EXPECT_EQ(description.at("status"), "INACTIVE");
  EXPECT_EQ(description.at("autoRegistrationStatus"), "DISABLE");
  EXPECT_EQ(description.at("certificateMode"), "DEFAULT");
  EXPECT_EQ(description.at("certificatePem"), json::value(plant().certificate_pem));
  const HttpResponse again = enlist(proved(plant(), right));
  EXPECT_EQ(verdict(again), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(json_of(again).at("resourceId"), json::value(id));
}

TEST_F(Authorities, WithoutProofTheyAreSniOnly) {
  json::object body = proved(plant(), code());
  body["certificateMode"] = "SNI_ONLY";
  EXPECT_EQ(verdict(enlist(body)), "400 InvalidRequestException") << "with a verification certificate";
  body.erase("verificationCertificate");
  body["certificateMode"] = "OTHER";
  EXPECT_EQ(verdict(enlist(body)), "400 InvalidRequestException");
  body["certificateMode"] = "SNI_ONLY";
  body["registrationConfig"] = json::object{{"templateName", "t"}};
  EXPECT_EQ(verdict(enlist(body)), "400 InvalidRequestException");
  body.erase("registrationConfig");
  const HttpResponse made = enlist(body, "?setAsActive=true&allowAutoRegistration=true");
  const json::object description = describe(text(json_of(made).as_object(), "certificateId"));
  EXPECT_EQ(description.at("certificateMode"), "SNI_ONLY");
  EXPECT_EQ(description.at("autoRegistrationStatus"), "ENABLE");
  const HttpResponse device = enrol({{"certificatePem", client_certificate(plant(), "d")}});
  const std::string id = text(json_of(device).as_object(), "certificateId");
  EXPECT_EQ(ask("GET", "/certificates/" + id).at("certificateDescription").at("certificateMode"), "SNI_ONLY");
}

TEST_F(Authorities, AreChangedListedAndDeletedWhenInactive) {
  const std::string id = add(plant());
  const std::string path = "/cacertificate/" + id;
  EXPECT_EQ(verdict("DELETE", path), "406 CertificateStateException");
  EXPECT_EQ(verdict("PUT", path + "?newStatus=REVOKED"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("PUT", path + "?newAutoRegistrationStatus=YES"), "400 InvalidRequestException");
  now_ += std::chrono::seconds(10);
  EXPECT_EQ(verdict("PUT", path + "?newStatus=INACTIVE&newAutoRegistrationStatus=ENABLE"), "200");
  EXPECT_EQ(describe(id).at("autoRegistrationStatus"), "ENABLE");
  EXPECT_DOUBLE_EQ(describe(id).at("lastModifiedDate").as_double(), 1795377252.123);
  EXPECT_EQ(verdict("PUT", path, R"({"removeAutoRegistration":true})"), "200");
  EXPECT_EQ(describe(id).at("autoRegistrationStatus"), "DISABLE");
  const std::string second = add(authority_);
  const json::object newest = ask("GET", "/cacertificates?pageSize=1");
  EXPECT_EQ(newest.at("certificates").at(0).at("certificateId"), json::value(second));
  const std::string marker = percent_encode(text(newest, "nextMarker"));
  const json::object rest = ask("GET", "/cacertificates?marker=" + marker);
  EXPECT_EQ(rest.at("certificates").at(0).at("certificateId"), json::value(id));
  EXPECT_EQ(verdict("DELETE", path), "200");
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(verdict(method, path), "404 ResourceNotFoundException") << method;
  }
  EXPECT_EQ(verdict("GET", "/cacertificate/abc"), "400 InvalidRequestException");
}

TEST_F(Authorities, RegisterWhatTheySigned) {
  const std::string pem = client_certificate(plant(), "d");
  EXPECT_EQ(verdict(enrol({{"certificatePem", pem}})), "400 CertificateValidationException")
      << "of nobody who is known";
  json::object body{{"certificatePem", pem}, {"caCertificatePem", plant().certificate_pem}, {"status", "ACTIVE"}};
  EXPECT_EQ(verdict(enrol(body)), "400 CertificateValidationException");
  const std::string authority = add(plant(), "");
  EXPECT_EQ(verdict(enrol(body)), "406 CertificateStateException");
  EXPECT_EQ(verdict("PUT", "/cacertificate/" + authority + "?newStatus=ACTIVE"), "200");
  body["certificatePem"] = client_certificate(authority_, "d");
  EXPECT_EQ(verdict(enrol(body)), "400 CertificateValidationException") << "another has signed it";
  body["certificatePem"] = pem;
  const HttpResponse made = enrol(body);
  ASSERT_EQ(made.status, 200U) << made.body;
  const std::string id = text(json_of(made).as_object(), "certificateId");
  const json::value description = ask("GET", "/certificates/" + id).at("certificateDescription");
  EXPECT_EQ(description.at("caCertificateId"), json::value(authority));
  EXPECT_EQ(description.at("status"), "ACTIVE");
  EXPECT_EQ(description.at("certificateMode"), "DEFAULT");
  EXPECT_EQ(verdict(enrol({{"certificatePem", pem}})), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(
      verdict(enrol({{"certificatePem", client_certificate(plant(), "e")}}, "/certificate/register?setAsActive=true")),
      "200");
  EXPECT_EQ(verdict(enrol({{"certificatePem", client_certificate(authority_, "f")}}, "/certificate/register-no-ca")),
            "200");
  const json::object list = ask("GET", "/certificates-by-ca/" + authority + "?isAscendingOrder=true");
  ASSERT_EQ(list.at("certificates").as_array().size(), 2U);
  EXPECT_EQ(list.at("certificates").at(0).at("certificateId"), json::value(id));
  EXPECT_EQ(ask("GET", "/certificates-by-ca/" + std::string(64, '0')).at("certificates").as_array().size(), 0U);
}

TEST_F(Authorities, OfOneNameAndKeyAreNotTakenForEachOther) {
  add(plant());
  // The same name and key, another certificate: its own signature is not asked about.
  const std::string again =
      issue_certificate(plant(), {.common_name = "Plant",
                                  .public_key_pem = inspect_certificate(plant().certificate_pem).value().public_key_pem,
                                  .purpose = CertificatePurpose::authority,
                                  .dns_names = {},
                                  .ip_addresses = {},
                                  .validity = std::chrono::hours(24)})
          .value();
  add({again, plant().private_key_pem});
  const std::string pem =
      issue_certificate({again, plant().private_key_pem}, {.common_name = "d",
                                                           .public_key_pem = generate_ec_key().public_pem,
                                                           .purpose = CertificatePurpose::client,
                                                           .dns_names = {},
                                                           .ip_addresses = {},
                                                           .validity = std::chrono::hours(24)})
          .value();
  EXPECT_EQ(verdict(enrol({{"certificatePem", pem}})), "409 CertificateConflictException");
  EXPECT_EQ(verdict(enrol({{"certificatePem", pem}, {"caCertificatePem", again}})), "200");
}

}  // namespace
}  // namespace fescue::cloud
