// Stores, documents and contexts on the way to bound policies.
#include "cloud/broker/policy_library.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/thing_store.h"
#include "sys/tls/certificate_names.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxRemembered = 1024;  // of each map
constexpr std::size_t kMaxThingsOfCertificate = 100;

bool ask_about(const PolicyKeys& keys, std::string_view prefix) {
  const auto first = keys.lower_bound(std::string(prefix));
  return first != keys.end() && first->starts_with(prefix);
}

/// Of a certificate, what a wildcard occurs in counts for nothing, as in AWS IoT: it would widen what policies say.
bool has_wildcard(std::string_view value) { return value.find_first_of("*?+#") != std::string_view::npos; }

}  // namespace

PolicyKeys keys_of(const std::vector<NamedPolicy>& policies) {
  PolicyKeys keys;
  for (const NamedPolicy& policy : policies) keys.insert(policy.document->keys.begin(), policy.document->keys.end());
  return keys;
}

Result<void> PolicyLibrary::check_active(const CertificateId& id) const {
  FESCUE_TRY(certificate, CertificateStore(database_).find(id));
  if (!certificate) return Error(Code::permission_denied, "the certificate is not registered");
  if (certificate->status == CertificateStatus::active) return ok();
  return Error(Code::permission_denied, fmt::format("the certificate is {}", name_of(certificate->status)));
}

Result<std::vector<Policy>> PolicyLibrary::policies_of(const CertificateId& id) const {
  return PolicyStore(database_).attached_to(certificate_arn(config_.region, config_.account, id));
}

Result<NamedPolicy> PolicyLibrary::load(const Policy& policy) {
  const Version version{policy.generation_id, policy.default_version};
  const auto found = documents_.find(version);
  if (found != documents_.end()) return NamedPolicy{policy.name, found->second};
  FESCUE_TRY(stored, PolicyStore(database_).find_version(policy.name, policy.default_version));
  if (!stored) return Error(Code::internal, "policy " + policy.name.str() + " has no default version");
  auto parsed = parse_policy_document(stored->document);
  if (!parsed) {
    log::error(
        "A policy cannot be read; it denies everything. Give it a new default version.",
        {{"policy", policy.name.view()}, {"version", policy.default_version}, {"error", parsed.error().message()}});
  }
  auto document = std::make_shared<const PolicyDocument>(parsed ? std::move(*parsed) : unreadable_policy());
  if (documents_.size() >= kMaxRemembered) documents_.clear();
  documents_.emplace(version, document);
  return NamedPolicy{policy.name, std::move(document)};
}

Result<std::vector<NamedPolicy>> PolicyLibrary::attached_to(const CertificateId& certificate) {
  FESCUE_TRY(policies, policies_of(certificate));
  return load_all(policies);
}

Result<std::vector<NamedPolicy>> PolicyLibrary::load_all(const std::vector<Policy>& policies) {
  std::vector<NamedPolicy> loaded;
  for (const Policy& policy : policies) {
    FESCUE_TRY(named, load(policy));
    loaded.push_back(std::move(named));
  }
  return loaded;
}

Result<std::shared_ptr<const BoundPolicies>> PolicyLibrary::bind(const PolicyClient& client) {
  if (!client.certificate) return std::make_shared<const BoundPolicies>();
  FESCUE_CHECK(check_active(*client.certificate));
  FESCUE_TRY(policies, policies_of(*client.certificate));
  std::vector<Version> versions;
  for (const Policy& policy : policies) versions.emplace_back(policy.generation_id, policy.default_version);
  if (const auto found = for_everybody_.find(versions); found != for_everybody_.end()) return found->second;

  FESCUE_TRY(loaded, load_all(policies));
  const PolicyKeys keys = keys_of(loaded);
  FESCUE_TRY(context, context_of(client, keys));
  auto bound = std::make_shared<const BoundPolicies>(loaded, context);
  if (keys.empty()) {
    if (for_everybody_.size() >= kMaxRemembered) for_everybody_.clear();
    for_everybody_.emplace(std::move(versions), bound);
  }
  return bound;
}

Result<PolicyContext> PolicyLibrary::context_of(const PolicyClient& client, const PolicyKeys& keys) {
  PolicyContext context;
  context.add("iot:DomainName", config_.endpoint_host);
  if (client.client_id) context.add("iot:ClientId", *client.client_id);
  if (!client.address.empty()) context.add("aws:SourceIp", client.address);
  if (client.certificate) context.add("iot:CertificateId", client.certificate->view());
  if (client.client_id && ask_about(keys, "iot:connection.thing.")) FESCUE_CHECK(add_thing(context, client));
  if (client.certificate && ask_about(keys, "iot:certificate.")) FESCUE_CHECK(add_names(context, *client.certificate));
  return context;
}

/// The thing that is called as the client is, if the certificate is attached to it: else its name and attributes are
/// not the client's.
Result<void> PolicyLibrary::add_thing(PolicyContext& context, const PolicyClient& client) const {
  ThingStore store(database_);
  bool is_attached = false;
  if (client.certificate) {
    FESCUE_TRY(things, store.things_of(*client.certificate, "", kMaxThingsOfCertificate));
    is_attached = std::ranges::find(things, ThingName(*client.client_id)) != things.end();
  }
  context.add("iot:Connection.Thing.IsAttached", is_attached ? "true" : "false");
  if (!is_attached) return ok();
  FESCUE_TRY(thing, store.find(ThingName(*client.client_id)));
  if (!thing) return ok();
  context.add("iot:Connection.Thing.ThingName", thing->name.view());
  for (const auto& [name, value] : thing->attributes) {
    context.add(fmt::format("iot:Connection.Thing.Attributes[{}]", name), value);
  }
  return ok();
}

Result<void> PolicyLibrary::add_names(PolicyContext& context, const CertificateId& id) const {
  FESCUE_TRY(certificate, CertificateStore(database_).find(id));
  if (!certificate) return ok();
  const auto names = certificate_names(certificate->pem);
  if (!names) return ok();  // such a one never got through a handshake
  for (const auto& [name, value] : *names) {
    if (!has_wildcard(value)) context.add("iot:Certificate." + name, value);
  }
  return ok();
}

std::string PolicyLibrary::arn_of(IotAction action, std::string_view resource) const {
  const std::string_view kind = resource_kind(action);
  if (kind.empty()) return "*";
  std::string arn;
  arn.reserve(64 + resource.size());
  arn.append("arn:aws:iot:").append(config_.region.view()).append(1, ':').append(config_.account.view());
  return arn.append(1, ':').append(kind).append(resource);
}

}  // namespace fescue::cloud
