// Who is let in by a certificate, and what becomes of one that is new.
#include "cloud/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/broker/iot_rules.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/iot/authority_store.h"
#include "tests/fakes/client_certificate.h"
#include "tests/fakes/memory_database.h"

namespace fescue::cloud {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

class AdmissionTest : public testing::Test {
 protected:
  Peer add(CertificateStatus status, WallTime not_after) {
    const CertificateId id(std::string(64, 'a'));
    CertificateStore(database_)
        .insert({.id = id,
                 .pem = "PEM",
                 .status = status,
                 .not_before = wall_now() - hours(1),
                 .not_after = not_after,
                 .generation_id = "g"})
        .value();
    Peer peer;
    peer.certificate_sha256 = id.str();
    return peer;
  }
  Admission admit(const Peer& peer) { return admit_by_certificate(database_, policies_, newcomers_, peer); }

  asio::io_context io_;
  CloudConfig config_{Region("us-west-2"), AccountId("123456789012"), "/", "127.0.0.1"};
  Database database_ = memory_database();
  CoreNames cores_;
  IotRules rules_{cores_};
  MqttServer broker_{io_, iot_limits(), rules_};
  PolicyLibrary policies_{database_, config_};
  Newcomers newcomers_{database_, broker_, config_};
};

TEST_F(AdmissionTest, AnActiveCertificateIsLetInWhileItIsValid) {
  EXPECT_TRUE(admit(add(CertificateStatus::active, wall_now() + hours(1))).accepted());
}

TEST_F(AdmissionTest, OneThatHasExpiredIsNot) {
  EXPECT_THAT(admit(add(CertificateStatus::active, wall_now() - hours(1))).reason(),
              HasSubstr("not valid at this time"));
}

TEST_F(AdmissionTest, OneThatIsNotActiveIsNot) {
  EXPECT_THAT(admit(add(CertificateStatus::inactive, wall_now() + hours(1))).reason(), HasSubstr("is INACTIVE"));
}

TEST_F(AdmissionTest, ANewcomerIsRegisteredAndSentAway) {
  const Authority maker = make_authority("Maker", hours(24)).value();
  const CertificateInfo ca = inspect_certificate(maker.certificate_pem).value();
  AuthorityStore(database_)
      .insert({.id = CertificateId(ca.sha256),
               .pem = maker.certificate_pem,
               .subject = ca.subject,
               .status = CertificateStatus::active,
               .auto_registration = AutoRegistration::enabled,
               .generation_id = "g"})
      .value();
  Peer peer;
  peer.certificate_pem = client_certificate(maker, "d");
  peer.certificate_sha256 = inspect_certificate(peer.certificate_pem).value().sha256;
  EXPECT_THAT(admit(peer).reason(), HasSubstr("is PENDING_ACTIVATION"));
  EXPECT_EQ(newcomers_.counts().registered, 1U);
  peer.certificate_pem.clear();  // now it is known
  EXPECT_FALSE(admit(peer).accepted());
  EXPECT_EQ(newcomers_.counts().told_again, 1U);
  CertificateStore(database_)
      .set_status(CertificateId(peer.certificate_sha256), CertificateStatus::active, wall_now())
      .value();
  EXPECT_TRUE(admit(peer).accepted());
}

}  // namespace
}  // namespace fescue::cloud
