// What is made here is read back, and is as AWS IoT's clients expect it.
#include "sys/tls/x509.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "sys/tls/openssl.h"

namespace fescue {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Authority& authority() {
  static const Authority made = *make_authority("Fescue test CA", hours(24 * 365));
  return made;
}

CertificateRequest request_for(const KeyPair& keys, CertificatePurpose purpose) {
  CertificateRequest request;
  request.common_name = "thing-1";
  request.public_key_pem = keys.public_pem;
  request.purpose = purpose;
  return request;
}

std::string issue(CertificatePurpose purpose) {
  const auto certificate = issue_certificate(authority(), request_for(generate_ec_key(), purpose));
  EXPECT_TRUE(certificate) << certificate.error().message();
  return *certificate;
}

/// What `openssl x509 -text` would print.
std::string text_of(const std::string& pem) {
  const auto certificates = openssl::read_certificates(pem);
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  X509_print(bio.get(), certificates->front().get());
  return openssl::contents(bio);
}

std::string signing_request(const KeyPair& keys, const char* common_name) {
  const auto key = openssl::read_private_key(keys.private_pem);
  const openssl::SigningRequest request(X509_REQ_new());
  X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_REQ_set_pubkey(request.get(), key->get());
  X509_REQ_sign(request.get(), key->get(), EVP_sha256());
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return openssl::contents(bio);
}

TEST(Keys, AreInTheFormatsThatAwsIotHandsOut) {
  const auto rsa = generate_rsa_key();
  EXPECT_THAT(rsa.private_pem, StartsWith("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_THAT(rsa.public_pem, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_THAT(generate_ec_key().private_pem, StartsWith("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_NE(generate_ec_key().private_pem, generate_ec_key().private_pem);
}

TEST(Authority, IsACa) {
  const auto text = text_of(authority().certificate_pem);
  EXPECT_THAT(text, HasSubstr("CA:TRUE"));
  EXPECT_THAT(text, HasSubstr("Certificate Sign, CRL Sign"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier"));
  EXPECT_THAT(text, HasSubstr("X509v3 Authority Key Identifier"));
  EXPECT_TRUE(
      verify_certificate(authority().certificate_pem, authority().certificate_pem, CertificatePurpose::authority));
}

TEST(Authority, MayHaveAnEcKeyAndATimeOfItsOwn) {
  const WallTime now = WallClock::from_time_t(1'800'000'000);
  const auto ca = make_authority("EC", hours(48), generate_ec_key(), now);
  ASSERT_TRUE(ca) << ca.error().message();
  const auto info = inspect_certificate(ca->certificate_pem);
  EXPECT_EQ(info->not_before, now - hours(24));
  EXPECT_EQ(info->not_after, now + hours(48));
  auto request = request_for(generate_ec_key(), CertificatePurpose::server);
  request.now = now;
  request.validity = hours(1);
  const auto issued = issue_certificate(*ca, request);
  ASSERT_TRUE(issued) << issued.error().message();
  EXPECT_EQ(inspect_certificate(*issued)->not_after, now + hours(1));
}

TEST(IssueCertificate, HasTheExtensionsOfItsPurpose) {
  auto request = request_for(generate_ec_key(), CertificatePurpose::server);
  request.dns_names = {"localhost", "core.example"};
  request.ip_addresses = {"127.0.0.1", "::1"};
  const auto server = issue_certificate(authority(), request);
  ASSERT_TRUE(server) << server.error().message();
  const auto text = text_of(*server);
  EXPECT_THAT(text, HasSubstr("Version: 3"));
  EXPECT_THAT(text, HasSubstr("CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication, TLS Web Client Authentication"));
  EXPECT_THAT(text, HasSubstr("DNS:localhost, DNS:core.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"));
  EXPECT_THAT(text, HasSubstr("Issuer: CN=Fescue test CA"));
  EXPECT_THAT(text_of(issue(CertificatePurpose::client)), Not(HasSubstr("Server Authentication")));
  EXPECT_THAT(text_of(issue(CertificatePurpose::code_signing)), HasSubstr("Code Signing"));
}

TEST(IssueCertificate, HasARandomSerialOf128Bits) {
  const auto serial = [](const std::string& pem) {
    const auto certificates = openssl::read_certificates(pem);
    const auto* number = X509_get0_serialNumber(certificates->front().get());
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
                       static_cast<std::size_t>(ASN1_STRING_length(number)));
  };
  const auto first = serial(issue(CertificatePurpose::client)), second = serial(issue(CertificatePurpose::client));
  EXPECT_EQ(first.size(), 16u);
  EXPECT_NE(first, second);
}

TEST(IssueCertificate, RefusesNamesThatWouldBecomeOthers) {
  auto request = request_for(generate_ec_key(), CertificatePurpose::server);
  for (const char* bad : {"", "a,DNS:evil.example", "a b", "a\n", "a;b", "email:x"}) {
    request.dns_names = {bad};
    EXPECT_EQ(issue_certificate(authority(), request).error().code(), Code::invalid_argument) << bad;
  }
  request.dns_names = {};
  for (const char* bad : {"", "1.2.3", "127.0.0.1,DNS:x", "::g"}) {
    request.ip_addresses = {bad};
    EXPECT_EQ(issue_certificate(authority(), request).error().code(), Code::invalid_argument) << bad;
  }
  request.ip_addresses = {};
  request.common_name = std::string(65, 'x');
  EXPECT_EQ(issue_certificate(authority(), request).error().code(), Code::invalid_argument);
  request.common_name = "fine";
  request.public_key_pem = "no key";
  EXPECT_EQ(issue_certificate(authority(), request).error().code(), Code::invalid_argument);
  const auto other = generate_rsa_key();
  request.public_key_pem = other.public_pem;
  EXPECT_FALSE(issue_certificate({authority().certificate_pem, other.private_pem}, request));
}

TEST(ParseCertificateRequest, GivesNameAndKey) {
  const auto keys = generate_rsa_key();
  const auto parsed = parse_certificate_request(signing_request(keys, "device-7"));
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->common_name, "device-7");
  EXPECT_EQ(parsed->public_key_pem, keys.public_pem);
}

TEST(ParseCertificateRequest, RefusesWhatIsNoHonestRequest) {
  EXPECT_FALSE(parse_certificate_request(""));
  EXPECT_FALSE(parse_certificate_request(authority().certificate_pem));
  EXPECT_EQ(parse_certificate_request(std::string(20'000, 'x')).error().code(), Code::too_large);
  const auto pem = signing_request(generate_ec_key(), "device-7");
  // The DER ends with the signature; one changed character near its end spoils it.
  auto forged = pem;
  const auto place = forged.find("\n-----END") - 12;
  forged[place] = forged[place] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(parse_certificate_request(forged));
  for (std::size_t size = 0; size < pem.size() - 30; size += 7) {
    EXPECT_FALSE(parse_certificate_request(pem.substr(0, size)));
  }
}

TEST(InspectCertificate, ReadsIdNameKeyAndTimes) {
  const auto keys = generate_rsa_key();
  auto request = request_for(keys, CertificatePurpose::client);
  request.common_name = "Fühler";
  request.validity = hours(48);
  const auto pem = *issue_certificate(authority(), request);
  const auto info = inspect_certificate(pem);
  ASSERT_TRUE(info) << info.error().message();
  EXPECT_THAT(info->sha256, testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(info->common_name, "Fühler");
  EXPECT_EQ(info->public_key_pem, keys.public_pem);
  EXPECT_EQ(info->not_after - info->not_before, hours(72));
  EXPECT_LT(info->not_before, wall_now());
  EXPECT_FALSE(inspect_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_FALSE(inspect_certificate(keys.private_pem));
}

TEST(VerifyCertificate, AcceptsItsOwnAuthorityAndPurposeOnly) {
  const auto& ca = authority().certificate_pem;
  const auto other = *make_authority("another CA", hours(1));
  const auto server = issue(CertificatePurpose::server), client = issue(CertificatePurpose::client),
             signer = issue(CertificatePurpose::code_signing);
  EXPECT_TRUE(verify_certificate(server, ca, CertificatePurpose::server));
  EXPECT_TRUE(verify_certificate(server, ca, CertificatePurpose::client));
  EXPECT_TRUE(verify_certificate(client, ca, CertificatePurpose::client));
  EXPECT_TRUE(verify_certificate(client, other.certificate_pem + ca, CertificatePurpose::client));
  EXPECT_TRUE(verify_certificate(signer, ca, CertificatePurpose::code_signing));
  EXPECT_FALSE(verify_certificate(client, ca, CertificatePurpose::server));
  EXPECT_FALSE(verify_certificate(client, ca, CertificatePurpose::code_signing));
  EXPECT_FALSE(verify_certificate(client, ca, CertificatePurpose::authority));
  EXPECT_FALSE(verify_certificate(signer, ca, CertificatePurpose::client));
  EXPECT_EQ(verify_certificate(client, other.certificate_pem, CertificatePurpose::client).error().code(),
            Code::unauthenticated);
  EXPECT_FALSE(verify_certificate(client, "", CertificatePurpose::client));
  EXPECT_FALSE(verify_certificate("", ca, CertificatePurpose::client));
}

TEST(VerifyCertificate, RefusesAnExpiredOne) {
  auto request = request_for(generate_ec_key(), CertificatePurpose::client);
  request.validity = hours(-1);
  const auto pem = *issue_certificate(authority(), request);
  EXPECT_THAT(verify_certificate(pem, authority().certificate_pem, CertificatePurpose::client).error().message(),
              HasSubstr("expired"));
}

TEST(Signatures, FitTheirKeyAndTheirBytes) {
  for (const auto& keys : {generate_rsa_key(), generate_ec_key()}) {
    const auto pem = *issue_certificate(authority(), request_for(keys, CertificatePurpose::code_signing));
    const auto signature = sign_bytes(keys.private_pem, "a document");
    ASSERT_TRUE(signature) << signature.error().message();
    EXPECT_TRUE(verify_signature(pem, "a document", *signature));
    EXPECT_EQ(verify_signature(pem, "another", *signature).error().code(), Code::unauthenticated);
    EXPECT_FALSE(verify_signature(pem, "a document", signature->substr(1)));
    EXPECT_FALSE(verify_signature(pem, "a document", ""));
    EXPECT_FALSE(verify_signature(issue(CertificatePurpose::code_signing), "a document", *signature));
  }
  EXPECT_FALSE(sign_bytes("no key", "a document"));
}

TEST(Certificates, KnowTheirIssuer) {
  const std::string pem = issue(CertificatePurpose::client);
  const auto info = inspect_certificate(pem);
  const auto signer = inspect_certificate(authority().certificate_pem);
  EXPECT_EQ(info->issuer, signer->subject);
  EXPECT_NE(info->subject, signer->subject);
  EXPECT_TRUE(signer->is_authority);
  EXPECT_FALSE(info->is_authority);
  EXPECT_EQ(info->security_bits, 128);
  EXPECT_EQ(signer->security_bits, 112);
  EXPECT_TRUE(verify_issued_by(pem, authority().certificate_pem));

  const Authority namesake = *make_authority("Fescue test CA", hours(24));
  const auto denied = verify_issued_by(pem, namesake.certificate_pem);
  ASSERT_FALSE(denied) << "an authority of the same name, with another key";
  EXPECT_EQ(denied.error().code(), Code::unauthenticated);
  EXPECT_FALSE(verify_issued_by(pem, pem));
  CertificateRequest late = request_for(generate_ec_key(), CertificatePurpose::client);
  late.validity = hours(-1);
  const auto expired = verify_issued_by(*issue_certificate(authority(), late), authority().certificate_pem);
  ASSERT_FALSE(expired);
  EXPECT_THAT(expired.error().message(), HasSubstr("expired"));
}

}  // namespace
}  // namespace fescue
