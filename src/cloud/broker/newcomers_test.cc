// Who may register itself in a handshake, and what becomes of it.
#include "cloud/broker/newcomers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/broker/iot_rules.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/iot/authority_store.h"
#include "tests/fakes/client_certificate.h"
#include "tests/fakes/memory_database.h"
#include "tests/fakes/run_until.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

const Authority& maker() {
  static const Authority made = make_authority("Maker", std::chrono::hours(24)).value();
  return made;
}

ForeignCertificate shown(const std::string& pem) {
  const CertificateInfo info = inspect_certificate(pem).value();
  return {info.sha256, info.issuer, pem};
}

class NewcomersTest : public testing::Test {
 protected:
  NewcomersTest() {
    const CertificateInfo info = inspect_certificate(maker().certificate_pem).value();
    authority_ = {.id = CertificateId(info.sha256),
                  .pem = maker().certificate_pem,
                  .subject = info.subject,
                  .status = CertificateStatus::active,
                  .auto_registration = AutoRegistration::enabled,
                  .generation_id = "g"};
    AuthorityStore(database_).insert(authority_).value();
  }

  void change(CertificateStatus status, AutoRegistration automatic) {
    authority_.status = status;
    authority_.auto_registration = automatic;
    AuthorityStore(database_).update(authority_).value();
  }
  std::optional<Certificate> find(const std::string& pem) {
    return CertificateStore(database_).find(CertificateId(inspect_certificate(pem).value().sha256)).value();
  }

  asio::io_context io_;
  CloudConfig config_{Region("us-west-2"), AccountId("123456789012"), "/", "127.0.0.1"};
  Database database_ = memory_database();
  CoreNames cores_;
  IotRules rules_{cores_};
  MqttServer broker_{io_, iot_limits(), rules_};
  Newcomers newcomers_{database_, broker_, config_};
  CertificateAuthority authority_;
  WallTime now_ = wall_now();
};

TEST_F(NewcomersTest, AreTakenWhereTheirAuthorityLetsThem) {
  const std::string pem = client_certificate(maker(), "device");
  EXPECT_EQ(newcomers_.judge(shown(pem)), ForeignVerdict::newcomer);
  EXPECT_EQ(newcomers_.judge_registered(shown(pem)), ForeignVerdict::refused);
  EXPECT_FALSE(find(pem)) << "a question changes nothing";
  EXPECT_EQ(newcomers_.judge(shown(maker().certificate_pem)), ForeignVerdict::refused) << "the authority itself";
  const Authority namesake = make_authority("Maker", std::chrono::hours(24)).value();
  EXPECT_EQ(newcomers_.judge(shown(client_certificate(namesake, "device"))), ForeignVerdict::refused);
  change(CertificateStatus::inactive, AutoRegistration::enabled);
  EXPECT_EQ(newcomers_.judge(shown(pem)), ForeignVerdict::refused);
  change(CertificateStatus::active, AutoRegistration::disabled);
  EXPECT_EQ(newcomers_.judge(shown(pem)), ForeignVerdict::refused);
  newcomers_.enrol(pem, now_);
  EXPECT_FALSE(find(pem)) << "what has changed since the handshake counts";
}

TEST_F(NewcomersTest, ArePendingAndToldOf) {
  std::vector<LocalMessage> told;
  const auto subscription = broker_.subscribe(TopicFilter::parse("$aws/events/certificates/registered/+").value(),
                                              [&](const LocalMessage& message) { told.push_back(message); });
  const std::string pem = client_certificate(maker(), "device");
  newcomers_.enrol(pem, now_);
  newcomers_.enrol(pem, now_);
  newcomers_.tell_again(find(pem)->id, now_ + std::chrono::milliseconds(5));
  ASSERT_TRUE(run_until(io_, [&] { return told.size() >= 2; }));
  EXPECT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].topic.view(), "$aws/events/certificates/registered/" + authority_.id.str());
  EXPECT_THAT(std::string(told[0].payload.view()),
              testing::AllOf(HasSubstr(R"("certificateStatus":"PENDING_ACTIVATION")"), HasSubstr(find(pem)->id.str()),
                             HasSubstr(R"("awsAccountId":"123456789012")"), HasSubstr(authority_.id.str())));
  const std::string registered = std::to_string(epoch_milliseconds(now_));
  EXPECT_THAT(std::string(told[1].payload.view()),
              HasSubstr("\"certificateRegistrationTimestamp\":\"" + registered + "\""));
  EXPECT_EQ(find(pem)->status, CertificateStatus::pending_activation);
  EXPECT_EQ(find(pem)->authority, authority_.id);
  EXPECT_EQ(newcomers_.judge_registered(shown(pem)), ForeignVerdict::known);
  EXPECT_EQ(newcomers_.counts().registered, 1U);
  EXPECT_EQ(newcomers_.counts().pending, 1);
  EXPECT_EQ(newcomers_.counts().told_again, 1U);

  CertificateStore(database_).set_status(find(pem)->id, CertificateStatus::active, now_).value();
  newcomers_.tell_again(find(pem)->id, now_);
  EXPECT_EQ(newcomers_.counts().told_again, 1U) << "an active one is no news";
  EXPECT_EQ(newcomers_.counts().pending, 0);
}

TEST_F(NewcomersTest, DoNotFillTheStore) {
  for (std::int64_t i = 0; i < RegistrationLimits().pending; ++i) {
    CertificateStore(database_)
        .insert({.id = CertificateId(std::to_string(i)),
                 .pem = "PEM",
                 .status = CertificateStatus::pending_activation,
                 .authority = authority_.id,
                 .generation_id = "g"})
        .value();
  }
  const std::string pem = client_certificate(maker(), "device");
  newcomers_.enrol(pem, now_);
  EXPECT_FALSE(find(pem));
  EXPECT_EQ(newcomers_.counts().refused_pending, 1U);
  CertificateStore(database_).remove(CertificateId("0")).value();
  newcomers_.enrol(pem, now_);
  EXPECT_TRUE(find(pem));
}

TEST_F(NewcomersTest, ComeNoFasterThanTheirRate) {
  Newcomers few(database_, broker_, config_, {.burst = 2, .each = std::chrono::hours(1)});
  const std::string first = client_certificate(maker(), "device");
  few.enrol(first, now_);
  few.enrol(client_certificate(maker(), "device"), now_);
  few.enrol(client_certificate(maker(), "device"), now_);
  EXPECT_EQ(few.counts().registered, 2U);
  EXPECT_EQ(few.counts().refused_rate, 1U);
  few.tell_again(find(first)->id, now_);
  EXPECT_EQ(few.counts().told_again, 0U) << "events count as well";
}

}  // namespace
}  // namespace fescue::cloud
