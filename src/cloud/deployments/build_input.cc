// Reads what a deployment is built from.
#include "cloud/deployments/build_input.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cloud/deployments/references.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/json_columns.h"
#include "cloud/store/thing_store.h"
#include "model/limits.h"
#include "sys/storage/archive.h"

namespace fescue::cloud {

namespace json = boost::json;

namespace {

constexpr std::size_t kManyThings = 100;  // that one certificate is attached to

/// The body of a version, as it was accepted.
Result<json::value> body_of(const DefinitionVersion& version) {
  FESCUE_TRY(body,
             stored_object(version.body, fmt::format("the body column of definition version {}", version.version)));
  return json::value(std::move(body));
}

Result<void> read_definitions(Database& database, const DeploymentRecord& record, GroupDefinitions& into) {
  const DefinitionStore store(database);
  FESCUE_TRY(version, store.find_version(record.group.view(), record.group_version));
  if (!version) {
    into.problems.push_back({"InvalidReference", fmt::format("the group version {} is gone", record.group_version)});
    return ok();
  }
  FESCUE_TRY(references, body_of(*version));
  for (const auto& [member, family] : kGroupReferences) {
    const json::value* arn = references.as_object().if_contains(member);
    if (arn == nullptr) continue;
    const auto reference =
        parse_version_arn(family, arn->is_string() ? std::string_view(arn->get_string()) : std::string_view());
    if (!reference) {  // it was checked when the group version was made
      return damaged(fmt::format("the body column of group version {}", version->version), "a reference is no ARN");
    }
    FESCUE_TRY(found, store.find_version(reference->definition, reference->version));
    if (found) {
      FESCUE_TRY(body, body_of(*found));
      read_definition(family, body, into);
    } else {
      into.problems.push_back({"InvalidReference", fmt::format("the {} definition version {} was deleted",
                                                               name_of(family), std::string_view(arn->get_string()))});
    }
  }
  return ok();
}

/// The version that an ARN of this account leads to.
Result<std::optional<LambdaVersion>> find_version(const CloudConfig& config, const FunctionStore& store,
                                                  const FunctionArn& arn) {
  if (arn.region() != config.region.view() || arn.account() != config.account.view()) {
    return std::optional<LambdaVersion>();
  }
  const std::string_view qualifier = arn.qualifier();
  std::int64_t number = 0;
  if (qualifier.find_first_not_of("0123456789") == std::string_view::npos) {
    if (qualifier.size() > 18 || qualifier.starts_with('0')) return std::optional<LambdaVersion>();
    number = std::stoll(std::string(qualifier));
  } else {
    FESCUE_TRY(alias, store.find_alias(arn.name(), qualifier));
    if (!alias) return std::optional<LambdaVersion>();
    number = alias->version;
  }
  return store.find(arn.name(), number);
}

/// Those of another region or account are not there.
Result<DeviceFacts> find_thing_facts(Database& database, const CloudConfig& config, const ThingEntry& entry) {
  DeviceFacts facts;
  const ThingName name = entry.thing.thing_name();
  if (entry.thing == ThingArn::make(config.region, config.account, name)) {
    FESCUE_TRY(thing, ThingStore(database).find(name));
    facts.thing_exists = thing.has_value();
  }
  const CertificateId id = certificate_id_of(entry.certificate_arn);
  if (certificate_arn(config.region, config.account, id) == entry.certificate_arn) {
    FESCUE_TRY(certificate, CertificateStore(database).find(id));
    if (certificate) facts.certificate = certificate->status;
  }
  return facts;
}

Result<CoreFacts> find_core_facts(Database& database, const CloudConfig& config, const DeploymentRecord& record,
                                  const ThingEntry& core) {
  CoreFacts facts;
  const ThingName name = core.thing.thing_name();
  FESCUE_TRY(of_thing, find_thing_facts(database, config, core));
  facts.thing_exists = of_thing.thing_exists;
  facts.certificate = of_thing.certificate;
  if (facts.certificate) {
    FESCUE_TRY(attached_to, ThingStore(database).things_of(certificate_id_of(core.certificate_arn), "", kManyThings));
    for (const ThingName& attached : attached_to) facts.certificate_attached |= attached == name;
  }

  const DeploymentStore deployments(database);
  FESCUE_TRY(on_core, deployments.in_effect_on(name));
  if (on_core && on_core->group != record.group) {
    facts.held_by = on_core->group;
    FESCUE_TRY(holder, DefinitionStore(database).find(Family::groups, on_core->group.view()));
    if (holder) facts.holder = holder->name;
  }
  FESCUE_TRY(of_group, deployments.in_effect(record.group));
  if (of_group && of_group->core != name) facts.deployed_on = of_group->core;
  return facts;
}

}  // namespace

Result<BuildInput> collect_build_input(Database& database, const CloudConfig& config, const DeploymentRecord& record) {
  BuildInput input;
  input.deployment = record.id;
  input.type = record.type;
  input.group = record.group;
  input.group_version = record.group_version;
  input.region = config.region;
  input.account = config.account;
  FESCUE_CHECK(read_definitions(database, record, input.definitions));
  const FunctionStore functions(database);
  for (const FunctionEntry& entry : input.definitions.functions) {
    FESCUE_TRY(version, find_version(config, functions, entry.arn));
    if (version) input.functions[entry.arn] = {std::move(*version), std::nullopt};
  }
  if (!input.definitions.cores.empty()) {
    FESCUE_TRY(facts, find_core_facts(database, config, record, input.definitions.cores.front()));
    input.core = std::move(facts);
  }
  if (input.definitions.devices.size() > kMaxDevicesPerGroup) return input;  // which the builder refuses
  for (const ThingEntry& entry : input.definitions.devices) {
    FESCUE_TRY(facts, find_thing_facts(database, config, entry));
    input.devices.emplace(entry.thing, facts);
  }
  return input;
}

Result<BuildInput> look_into_packages(const ArtifactStore& artifacts, BuildInput input) {
  for (const FunctionEntry& entry : input.definitions.functions) {
    const auto found = input.functions.find(entry.arn);
    if (found == input.functions.end()) continue;
    FunctionFacts& facts = found->second;
    const std::string& own_runtime = facts.version.configuration.runtime;
    const std::string& runtime = entry.runtime_override.empty() ? own_runtime : entry.runtime_override;
    if (runtime != kExecutableRuntime || facts.files) continue;
    const auto zip = artifacts.read(facts.version.code.hash);
    if (!zip) return zip.error().in(fmt::format("package of {}", entry.arn.str()));
    const auto entries = inspect_zip(*zip, {.unpacked_bytes = kMaxUnpackedPackageBytes});
    if (!entries) return entries.error().in(fmt::format("package of {}", entry.arn.str()));
    facts.files.emplace();
    for (const ArchiveEntry& file : *entries) {
      if (!file.is_directory) facts.files->insert(file.name);
    }
  }
  return input;
}

}  // namespace fescue::cloud
