// Databases from before policies were enforced.
#include "cloud/policy_upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/store/certificate_store.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/schema.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud {
namespace {

using testing::ElementsAre;

class PolicyUpgrade : public testing::Test {
 protected:
  PolicyUpgrade() : database_(Database::open(":memory:").value()) {
    database_.migrate(migrations()).value();
    for (const std::string thing : {"defined", "deployed", "device", "narrow"}) {
      ThingStore(database_).insert({ThingName(thing), "id", {}}).value();
      CertificateStore(database_)
          .insert({.id = CertificateId("certificate of " + thing),
                   .pem = "P",
                   .status = CertificateStatus::active,
                   .generation_id = ""})
          .value();
      ThingStore(database_).attach(ThingName(thing), CertificateId("certificate of " + thing)).value();
    }
    DefinitionStore definitions(database_);
    definitions
        .create({.family = Family::cores,
                 .id = "d",
                 .name = "",
                 .created = {},
                 .updated = {},
                 .latest_version = "",
                 .tags = {}})
        .value();
    const std::string body = R"({"Cores":[{"Id":"1","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/defined"},
                                          {"Id":"2","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/narrow"},
                                          {"Id":"3","ThingArn":"nonsense"}]})";
    definitions.add_version({.definition = "d", .version = "v", .created = {}, .body = body}).value();
    database_
        .execute(
            "INSERT INTO deployment (id, group_id, group_version, type, status, core, created_ms, updated_ms, "
            "message, details) VALUES ('1', 'g', 'v', 'NewDeployment', 'Success', 'deployed', 0, 0, '', '[]')")
        .value();
  }
  std::vector<PolicyName> policies_of(const std::string& thing) {
    const std::string arn = certificate_arn(config_.region, config_.account, CertificateId("certificate of " + thing));
    return PolicyStore(database_).policies_of(arn, "", 10).value();
  }

  Database database_;
  CloudConfig config_{Region("us-west-2"), AccountId("123456789012"), "", "127.0.0.1"};
};

TEST_F(PolicyUpgrade, CoresWithoutAPolicyGetOne) {
  PolicyStore(database_)
      .insert({.name = PolicyName("own"), .generation_id = "", .created = {}, .modified = {}}, "{}")
      .value();
  PolicyStore(database_)
      .attach(PolicyName("own"),
              certificate_arn(config_.region, config_.account, CertificateId("certificate of narrow")))
      .value();
  give_policies_to_cores(database_, config_, WallTime{}).value();
  const PolicyName made{std::string(kUpgradePolicyName)};
  EXPECT_THAT(policies_of("defined"), ElementsAre(made));
  EXPECT_THAT(policies_of("deployed"), ElementsAre(made));
  EXPECT_THAT(policies_of("narrow"), ElementsAre(PolicyName("own")));
  EXPECT_THAT(policies_of("device"), ElementsAre());
}

TEST_F(PolicyUpgrade, IsMadeOnce) {
  give_policies_to_cores(database_, config_, WallTime{}).value();
  const std::string arn = certificate_arn(config_.region, config_.account, CertificateId("certificate of defined"));
  PolicyStore(database_).detach_all(arn).value();
  give_policies_to_cores(database_, config_, WallTime{}).value();
  EXPECT_THAT(policies_of("defined"), ElementsAre());
}

}  // namespace
}  // namespace fescue::cloud
