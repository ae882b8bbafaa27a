// Certificates by signed requests: made, signed, registered, changed, deleted.
#include "cloud/api/iot/iot_test_support.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {
namespace {

/// A certificate that our authority did not sign.
const std::string& foreign_certificate() {
  static const std::string pem = make_authority("Foreign", std::chrono::hours(24)).value().certificate_pem;
  return pem;
}

class Certificates : public IotTest {
 protected:
  std::string id_of(const json::object& made) { return std::string(made.at("certificateId").as_string()); }
  json::object describe(const std::string& id) {
    return ask("GET", "/certificates/" + id).at("certificateDescription").as_object();
  }
};

TEST_F(Certificates, AreMadeWithTheirKeys) {
  const json::object made = ask("POST", "/keys-and-certificate?setAsActive=true");
  const std::string pem(made.at("certificatePem").as_string());
  EXPECT_EQ(id_of(made), inspect_certificate(pem).value().sha256);
  EXPECT_EQ(made.at("certificateArn"), json::value("arn:aws:iot:us-west-2:123456789012:cert/" + id_of(made)));
  EXPECT_TRUE(verify_certificate(pem, authority_.certificate_pem, CertificatePurpose::client));
  const json::object& keys = made.at("keyPair").as_object();
  EXPECT_TRUE(keys.at("PrivateKey").as_string().starts_with("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_TRUE(keys.at("PublicKey").as_string().starts_with("-----BEGIN PUBLIC KEY-----"));
  const auto proof = sign_bytes(std::string(keys.at("PrivateKey").as_string()), "x");
  EXPECT_TRUE(verify_signature(pem, "x", proof.value()));

  const json::object description = describe(id_of(made));
  EXPECT_EQ(description.at("status"), "ACTIVE");
  EXPECT_EQ(description.at("certificatePem"), made.at("certificatePem"));
  EXPECT_EQ(description.at("ownedBy"), "123456789012");
  EXPECT_EQ(description.at("certificateMode"), "DEFAULT");
  EXPECT_EQ(description.at("customerVersion"), 1);
  EXPECT_DOUBLE_EQ(description.at("creationDate").as_double(), 1795377242.123);
  // As AWS's, it ends with the year 2049 (seen from the fixture's clock; the certificate itself has the machine's).
  const json::object& validity = description.at("validity").as_object();
  constexpr double kDay = 86'400;
  EXPECT_NEAR(validity.at("notAfter").as_double() - validity.at("notBefore").as_double(), 2524608000 - 1795377242,
              2 * kDay);
}

TEST_F(Certificates, ThePrivateKeyIsKeptNowhere) {
  const json::object made = ask("POST", "/keys-and-certificate");
  Statement select = std::move(database_.prepare("SELECT * FROM certificate").value());
  ASSERT_TRUE(select.step().value());
  for (int column = 0; column < 10; ++column) EXPECT_EQ(select.text(column).find("PRIVATE"), std::string::npos);
  EXPECT_EQ(describe(id_of(made)).at("status"), "INACTIVE");
}

TEST_F(Certificates, AreMadeForSigningRequests) {
  const std::string csr = R"(-----BEGIN CERTIFICATE REQUEST-----
MIHNMHUCAQAwEzERMA8GA1UEAwwIZGV2aWNlLTcwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASODvKa6jhqejYlfaAGxfn08ntmPtTn5Xr3SRXpT4P81IoEk+K8KCED
0m7+u2xyeKzVX2ZkYbI6j0kOcWnea7iUoAAwCgYIKoZIzj0EAwIDSAAwRQIhAKLv
LaFJft+eH0emgcywMEjqiqHLeNBzavQSfYtUrlK0AiAD7dAjtsEWIJuEmxqrU9sy
0QLAmcXdQyQ5DtkFYTlPdg==
-----END CERTIFICATE REQUEST-----
)";
  const json::object made =
      ask("POST", "/certificates?setAsActive=true", json::serialize(json::object{{"certificateSigningRequest", csr}}));
  const std::string pem(made.at("certificatePem").as_string());
  EXPECT_EQ(inspect_certificate(pem).value().common_name, "device-7");
  EXPECT_TRUE(verify_certificate(pem, authority_.certificate_pem, CertificatePurpose::client));
  EXPECT_EQ(describe(id_of(made)).at("status"), "ACTIVE");
  EXPECT_FALSE(made.contains("keyPair"));
}

TEST_F(Certificates, BadSigningRequestsAreTold) {
  EXPECT_EQ(verdict("POST", "/certificates", "{}"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/certificates", R"({"certificateSigningRequest":"junk"})"), "400 InvalidRequestException");
  const std::string long_one(4097, 'x');
  EXPECT_EQ(verdict("POST", "/certificates", R"({"certificateSigningRequest":")" + long_one + "\"}"),
            "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/certificates?setAsActive=maybe"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/keys-and-certificate?setAsActive=maybe"), "400 InvalidRequestException");
}

TEST_F(Certificates, AreRegisteredWithoutAnAuthority) {
  const auto body = [&](json::object more) {
    more["certificatePem"] = foreign_certificate();
    return json::serialize(more);
  };
  EXPECT_EQ(verdict("POST", "/certificate/register-no-ca", body({{"status", "SOMETHING"}})),
            "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/certificate/register-no-ca", R"({"certificatePem":"junk"})"),
            "400 CertificateValidationException");
  const json::object made = ask("POST", "/certificate/register-no-ca", body({{"status", "ACTIVE"}}));
  EXPECT_EQ(id_of(made), inspect_certificate(foreign_certificate()).value().sha256);
  EXPECT_EQ(describe(id_of(made)).at("status"), "ACTIVE");
  EXPECT_EQ(describe(id_of(made)).at("certificateMode"), "SNI_ONLY");
  const HttpResponse again = call("iot", "POST", "/certificate/register-no-ca", body({}));
  EXPECT_EQ(verdict(again), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(json_of(again).at("resourceId"), made.at("certificateId"));
}

TEST_F(Certificates, ChangeTheirStatus) {
  make_certificate('a');
  const std::string path = certificate_path('a');
  now_ += std::chrono::seconds(10);
  EXPECT_EQ(verdict("PUT", path + "?newStatus=ACTIVE"), "200");
  const json::object description = describe(std::string(64, 'a'));
  EXPECT_EQ(description.at("status"), "ACTIVE");
  EXPECT_DOUBLE_EQ(description.at("lastModifiedDate").as_double(), 1795377252.123);
  EXPECT_EQ(verdict("PUT", path + "?newStatus=REVOKED"), "200");
  for (const std::string status : {"", "PENDING_TRANSFER", "REGISTER_INACTIVE", "PENDING_ACTIVATION", "active"}) {
    EXPECT_EQ(verdict("PUT", path + "?newStatus=" + status), "400 InvalidRequestException") << status;
  }
  EXPECT_EQ(verdict("PUT", certificate_path('f') + "?newStatus=ACTIVE"), "404 ResourceNotFoundException");
}

TEST_F(Certificates, AreDeletedOnlyWhenInactive) {
  make_certificate('a', CertificateStatus::active);
  EXPECT_EQ(verdict("DELETE", certificate_path('a')), "406 CertificateStateException");
  EXPECT_EQ(verdict("DELETE", certificate_path('a') + "?forceDelete=true"), "406 CertificateStateException");
  EXPECT_EQ(verdict("PUT", certificate_path('a') + "?newStatus=INACTIVE"), "200");
  EXPECT_EQ(verdict("DELETE", certificate_path('a') + "?forceDelete=x"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("DELETE", certificate_path('a')), "200");
  EXPECT_EQ(verdict("DELETE", certificate_path('a')), "404 ResourceNotFoundException");
}

TEST_F(Certificates, IdsAreChecked) {
  EXPECT_EQ(verdict("GET", "/certificates/abc"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", "/certificates/" + std::string(64, 'g')), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", certificate_path('a')), "404 ResourceNotFoundException");
  make_certificate('a');
  EXPECT_EQ(verdict("GET", certificate_path('A')), "200");
}

TEST_F(Certificates, AreListedInBothOrders) {
  for (const char digit : {'b', 'a', 'c'}) make_certificate(digit);
  const json::object newest = ask("GET", "/certificates?pageSize=2");
  EXPECT_EQ(newest.at("certificates").at(0).at("certificateId"), json::value(std::string(64, 'c')));
  EXPECT_EQ(newest.at("certificates").at(0).at("status"), "INACTIVE");
  const std::string marker = percent_encode(std::string(newest.at("nextMarker").as_string()));
  const json::object rest = ask("GET", "/certificates?pageSize=2&marker=" + marker);
  ASSERT_EQ(rest.at("certificates").as_array().size(), 1U);
  EXPECT_EQ(rest.at("certificates").at(0).at("certificateId"), json::value(std::string(64, 'b')));
  EXPECT_FALSE(rest.contains("nextMarker"));
  const json::object oldest = ask("GET", "/certificates?isAscendingOrder=true");
  EXPECT_EQ(oldest.at("certificates").at(0).at("certificateId"), json::value(std::string(64, 'b')));
}

}  // namespace
}  // namespace fescue::cloud
