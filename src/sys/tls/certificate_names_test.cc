// The names of a certificate of ours.
#include "sys/tls/certificate_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/tls/x509.h"

namespace fescue {
namespace {

using testing::Contains;
using testing::Pair;

TEST(CertificateNames, AreThoseOfSubjectAndIssuer) {
  const Authority authority = make_authority("The CA", std::chrono::hours(24)).value();
  const std::string pem = issue_certificate(authority, {.common_name = "lamp 1",
                                                        .public_key_pem = generate_ec_key().public_pem,
                                                        .purpose = CertificatePurpose::client,
                                                        .dns_names = {"lamp.example", "lamp2.example"},
                                                        .ip_addresses = {"192.0.2.7", "2001:db8::1"},
                                                        .validity = std::chrono::hours(1)})
                              .value();
  const CertificateNames names = certificate_names(pem).value();
  EXPECT_THAT(names, Contains(Pair("Subject.CommonName", "lamp 1")));
  EXPECT_THAT(names, Contains(Pair("Issuer.CommonName", "The CA")));
  EXPECT_THAT(names, Contains(Pair("Subject.AlternativeName.DNSName", "lamp.example")));
  EXPECT_THAT(names, Contains(Pair("Subject.AlternativeName.DNSName", "lamp2.example")));
  EXPECT_THAT(names, Contains(Pair("Subject.AlternativeName.IPAddress", "192.0.2.7")));
  EXPECT_THAT(names, Contains(Pair("Subject.AlternativeName.IPAddress", "2001:db8::1")));
  EXPECT_THAT(names, Contains(Pair("SerialNumber", testing::MatchesRegex("[0-9a-f]+"))));
  EXPECT_THAT(names, testing::Not(Contains(Pair("Subject.Country", testing::_))));
}

TEST(CertificateNames, WhatIsNoCertificateIsAnError) { EXPECT_FALSE(certificate_names("no PEM")); }

}  // namespace
}  // namespace fescue
