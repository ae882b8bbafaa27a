// From certificates, policies and things in the store to what a client may do.
#include "cloud/broker/certificate_rights.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/store/certificate_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/schema.h"
#include "cloud/store/thing_store.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {
namespace {

const CertificateId kCertificate(std::string(64, 'a'));

class Rights : public testing::Test {
 protected:
  Rights() : database_(Database::open(":memory:").value()) {
    database_.migrate(migrations()).value();
    CertificateStore(database_)
        .insert({.id = kCertificate, .pem = "PEM", .status = CertificateStatus::active, .generation_id = ""})
        .value();
  }

  void attach(const std::string& name, std::string_view resource, std::string_view more = "",
              std::string_view effect = "Allow") {
    PolicyStore store(database_);
    const std::string document =
        fmt::format(R"({{"Version":"2012-10-17","Statement":{{"Effect":"{}","Action":"iot:*","Resource":"{}"{}}}}})",
                    effect, resource, more);
    store
        .insert({.name = PolicyName(name), .generation_id = "generation of " + name, .created = {}, .modified = {}},
                document)
        .value();
    store.attach(PolicyName(name), certificate_arn(config_.region, config_.account, kCertificate)).value();
  }
  bool may(CertificateRights& rights, Action action, std::string_view resource, std::string_view client_id = "lamp") {
    return rights.allow({who_, action, client_id, resource});
  }
  std::string why(CertificateRights& rights, Action action, std::string_view resource) {
    return rights.why_refused({who_, action, "lamp", resource});
  }
  CertificateRights rights(std::string_view address = "192.0.2.7:1234") { return {library_, kCertificate, address}; }

  Database database_;
  CloudConfig config_{Region("us-west-2"), AccountId("123456789012"), "", "iot.example"};
  PolicyLibrary library_{database_, config_};
  Principal who_{kCertificate.str(), {}};
};

TEST_F(Rights, WithoutAPolicyThereAreNone) {
  CertificateRights none = rights();
  EXPECT_FALSE(may(none, Action::connect, "lamp"));
  EXPECT_EQ(why(none, Action::connect, "lamp"), "no policy is attached to the certificate");
}

TEST_F(Rights, AreThoseOfTheAttachedPolicies) {
  attach("all", "arn:aws:iot:us-west-2:123456789012:topic/${iot:ClientId}/*");
  CertificateRights some = rights();
  EXPECT_TRUE(may(some, Action::publish, "lamp/x"));
  EXPECT_TRUE(may(some, Action::retain, "lamp/x"));
  EXPECT_TRUE(may(some, Action::receive, "lamp/x"));
  EXPECT_FALSE(may(some, Action::publish, "other/x"));
  EXPECT_FALSE(may(some, Action::subscribe, "lamp/x")) << "its resource is a topicfilter";
  EXPECT_FALSE(may(some, Action::connect, "lamp"));
}

TEST_F(Rights, AreRememberedUntilRenewed) {
  CertificateRights remembered = rights();
  EXPECT_FALSE(may(remembered, Action::publish, "t"));
  attach("all", "*");
  EXPECT_FALSE(may(remembered, Action::publish, "t"));
  remembered.renew();
  EXPECT_TRUE(may(remembered, Action::publish, "t"));
  PolicyStore store(database_);
  const auto version = store.add_version(
      PolicyName("all"), R"({"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})", WallTime{});
  store.set_default(PolicyName("all"), version.value(), WallTime{}).value();
  remembered.renew();
  EXPECT_FALSE(may(remembered, Action::publish, "t"));
}

TEST_F(Rights, EndWithTheCertificatesState) {
  attach("all", "*");
  CertificateRights ended = rights();
  EXPECT_TRUE(may(ended, Action::publish, "t"));
  CertificateStore(database_).set_status(kCertificate, CertificateStatus::inactive, WallTime{}).value();
  ended.renew();
  EXPECT_FALSE(may(ended, Action::publish, "t"));
  EXPECT_EQ(why(ended, Action::publish, "t"), "the certificate is INACTIVE");
}

TEST_F(Rights, KnowTheThingThatTheCertificateIsAttachedTo) {
  attach("thing", "arn:aws:iot:us-west-2:123456789012:*/${iot:Connection.Thing.ThingName}",
         R"(,"Condition":{"StringEquals":{"iot:Connection.Thing.Attributes[room]":"hall"}})");
  ThingStore things(database_);
  things.insert({ThingName("lamp"), "id", {{"room", "hall"}}}).value();
  CertificateRights before = rights();
  EXPECT_FALSE(may(before, Action::publish, "lamp")) << "it is not attached";
  things.attach(ThingName("lamp"), kCertificate).value();
  before.renew();
  EXPECT_TRUE(may(before, Action::publish, "lamp"));
  CertificateRights other = rights();
  EXPECT_FALSE(may(other, Action::publish, "lamp", "another")) << "the client is not called as the thing is";
}

TEST_F(Rights, KnowWhetherAThingIsAttached) {
  attach("attached", "*", R"(,"Condition":{"Bool":{"iot:Connection.Thing.IsAttached":"true"}})");
  CertificateRights before = rights();
  EXPECT_FALSE(may(before, Action::connect, "lamp"));
  ThingStore(database_).insert({ThingName("lamp"), "id", {}}).value();
  ThingStore(database_).attach(ThingName("lamp"), kCertificate).value();
  before.renew();
  EXPECT_TRUE(may(before, Action::connect, "lamp"));
}

TEST_F(Rights, KnowTheAddressAndTheEndpoint) {
  attach("here", "*", R"(,"Condition":{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","::1"]},
                        "StringEquals":{"iot:DomainName":"iot.example"}})");
  CertificateRights near = rights(), far = rights("198.51.100.1:9"), local = rights("[::1]:40312");
  EXPECT_TRUE(may(near, Action::connect, "lamp"));
  EXPECT_FALSE(may(far, Action::connect, "lamp"));
  EXPECT_TRUE(may(local, Action::connect, "lamp"));
}

TEST_F(Rights, KnowTheCertificate) {
  const Authority authority = make_authority("The CA", std::chrono::hours(24)).value();
  const std::string pem = issue_certificate(authority, {.common_name = "lamp 1",
                                                        .public_key_pem = generate_ec_key().public_pem,
                                                        .dns_names = {},
                                                        .ip_addresses = {}})
                              .value();
  const CertificateId id(inspect_certificate(pem).value().sha256);
  CertificateStore(database_)
      .insert({.id = id, .pem = pem, .status = CertificateStatus::active, .generation_id = ""})
      .value();
  attach("named", "arn:aws:iot:us-west-2:123456789012:topic/${iot:CertificateId}/${iot:Certificate.Subject.CommonName}",
         R"(,"Condition":{"StringEquals":{"iot:Certificate.Issuer.CommonName":"The CA"}})");
  PolicyStore(database_).attach(PolicyName("named"), certificate_arn(config_.region, config_.account, id)).value();
  CertificateRights named(library_, id, "192.0.2.7:1");
  EXPECT_TRUE(may(named, Action::publish, id.str() + "/lamp 1"));
  EXPECT_FALSE(may(named, Action::publish, id.str() + "/lamp 2"));
}

TEST_F(Rights, PoliciesThatAskNothingAreBoundOnceForAll) {
  attach("all", "*");
  const auto one = library_.bind({kCertificate, "one", ""}).value();
  EXPECT_EQ(one, library_.bind({kCertificate, "two", ""}).value());
  attach("own", "${iot:ClientId}");
  EXPECT_NE(library_.bind({kCertificate, "one", ""}).value(), library_.bind({kCertificate, "two", ""}).value());
}

TEST_F(Rights, APolicyThatCannotBeReadDeniesEverything) {
  attach("all", "*");
  attach("broken", "*", R"(,"Condition":{"NoSuchOperator":{"k":"v"}})");
  CertificateRights denied = rights();
  EXPECT_FALSE(may(denied, Action::connect, "lamp"));
  EXPECT_THAT(why(denied, Action::connect, "lamp"), testing::HasSubstr("of policy broken denies"));
}

}  // namespace
}  // namespace fescue::cloud
