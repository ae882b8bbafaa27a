// The certificates of cores, and those that have no policy.
#include "cloud/policy_upgrade.h"

#include <limits>

#include "base/log.h"
#include "base/random.h"
#include "cloud/broker/core_names.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/thing_store.h"
#include "cloud/store/upgrade_store.h"

namespace fescue::cloud {

namespace {

constexpr std::string_view kUpgrade = "policies of cores";
constexpr std::size_t kAll = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kDocument =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:*","greengrass:*"],"Resource":["*"]}]})";

Result<void> make_policy(PolicyStore& store, WallTime now) {
  const PolicyName name{std::string(kUpgradePolicyName)};
  FESCUE_TRY(existing, store.find(name));
  if (existing) return ok();
  return store.insert({.name = name, .generation_id = random_uuid(), .created = now, .modified = now}, kDocument);
}

/// The cores' certificates that no policy is attached to.
Result<std::vector<CertificateId>> find_bare(Database& database, const CloudConfig& config) {
  std::vector<CertificateId> bare;
  FESCUE_TRY(cores, CoreNames::load(database));
  for (const ThingName& core : cores.all()) {
    FESCUE_TRY(certificates, ThingStore(database).certificates_of(core, "", kAll));
    for (const CertificateId& id : certificates) {
      const std::string arn = certificate_arn(config.region, config.account, id);
      FESCUE_TRY(attached, PolicyStore(database).policies_of(arn, "", 1));
      if (attached.empty()) bare.push_back(id);
    }
  }
  return bare;
}

Result<void> give_policy(Database& database, const CloudConfig& config, const CertificateId& id) {
  const PolicyName name{std::string(kUpgradePolicyName)};
  FESCUE_CHECK(PolicyStore(database).attach(name, certificate_arn(config.region, config.account, id)));
  log::warn("A core's certificate had no policy and got one that allows everything.",
            {{"certificateId", id.view()}, {"policy", kUpgradePolicyName}});
  return ok();
}

Result<void> tell_who_has_none(Database& database, const CloudConfig& config) {
  constexpr std::size_t kMostNamed = 100;
  std::size_t named = 0;
  FESCUE_TRY(certificates, CertificateStore(database).list(ListOrder::oldest_first, 0, kAll));
  for (const Certificate& certificate : certificates) {
    if (certificate.status != CertificateStatus::active || named == kMostNamed) continue;
    const std::string arn = certificate_arn(config.region, config.account, certificate.id);
    FESCUE_TRY(attached, PolicyStore(database).policies_of(arn, "", 1));
    if (!attached.empty()) continue;
    ++named;
    log::warn("A certificate has no policy; its clients are refused until one is attached.",
              {{"certificateId", certificate.id.view()}});
  }
  return ok();
}

}  // namespace

Result<void> give_policies_to_cores(Database& database, const CloudConfig& config, WallTime now) {
  UpgradeStore upgrades(database);
  FESCUE_TRY(is_done, upgrades.is_done(kUpgrade));
  if (is_done) return ok();
  FESCUE_TRY(bare, find_bare(database, config));
  PolicyStore policies(database);
  if (!bare.empty()) FESCUE_CHECK(make_policy(policies, now));
  FESCUE_TRY(transaction, Transaction::begin(database));
  for (const CertificateId& id : bare) FESCUE_CHECK(give_policy(database, config, id));
  FESCUE_CHECK(tell_who_has_none(database, config));
  FESCUE_CHECK(upgrades.set_done(kUpgrade, now));
  return transaction.commit();
}

}  // namespace fescue::cloud
