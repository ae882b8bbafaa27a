// Names and ids out of requests, finding what they mean, and ARNs of what was found.
#include "cloud/api/iot/iot_values.h"

#include <set>

#include <fmt/format.h>

#include "base/log.h"
#include "base/text/ascii.h"
#include "base/text/parse_number.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/framework/whereabouts.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/iot/authority_store.h"
#include "cloud/store/iot/role_alias_store.h"
#include "cloud/store/iot/thing_type_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/thing_store.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud::iot {

namespace {

constexpr TextRule kPolicyNameRule{
    .min = 1,
    .max = 128,
    .allowed =
        [](char c) { return is_alphanumeric(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos; },
    .pattern = "[\\w+=,.@-]+"};

constexpr TextRule kThingTypeNameRule{
    .min = 1,
    .max = 128,
    .allowed = [](char c) { return is_alphanumeric(c) || c == ':' || c == '_' || c == '-'; },
    .pattern = "[a-zA-Z0-9:_-]+"};

constexpr TextRule kRoleAliasNameRule{
    .min = 1,
    .max = 128,
    .allowed = [](char c) { return is_alphanumeric(c) || std::string_view("_=,@-").find(c) != std::string_view::npos; },
    .pattern = "[\\w=,@-]+"};

std::string arn_of(const ControlPlane& plane, std::string_view kind, std::string_view name) {
  return fmt::format("arn:aws:iot:{}:{}:{}/{}", plane.config.region.view(), plane.config.account.view(), kind, name);
}

}  // namespace

ApiValue<Thing> find_thing(ControlPlane& plane, std::string_view name) {
  FESCUE_TRY(parsed, parse_thing_name(name));
  FESCUE_TRY(thing, ThingStore(plane.database).find(parsed));
  if (!thing) return not_found("Thing", name);
  return std::move(*thing);
}

/// The pattern allows "0x" in place of the first two.
ApiValue<CertificateId> parse_certificate_id(std::string_view text) {
  std::string id;
  for (const char c : text) id.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  const std::string_view digits = id.starts_with("0x") ? std::string_view(id).substr(2) : std::string_view(id);
  if (id.size() != 64 || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return Error(Code::invalid_argument,
                 fmt::format("'{}' is not a certificate id (64 hexadecimal digits).", text.substr(0, 80)));
  }
  return CertificateId(std::move(id));
}

ApiValue<Certificate> find_certificate(ControlPlane& plane, std::string_view id) {
  FESCUE_TRY(parsed, parse_certificate_id(id));
  FESCUE_TRY(certificate, CertificateStore(plane.database).find(parsed));
  if (!certificate) return not_found("Certificate", parsed.view());
  return std::move(*certificate);
}

ApiValue<CertificateAuthority> find_authority(ControlPlane& plane, std::string_view id) {
  FESCUE_TRY(parsed, parse_certificate_id(id));
  FESCUE_TRY(authority, AuthorityStore(plane.database).find(parsed));
  if (!authority) return not_found("CA certificate", parsed.view());
  return std::move(*authority);
}

ApiValue<Certificate> find_certificate_by_arn(ControlPlane& plane, std::string_view arn) {
  FESCUE_TRY(parts, parse_arn(arn));
  if (parts.service != "iot" || !parts.resource.starts_with("cert/")) {
    return Error(Code::invalid_argument, fmt::format("'{}' is not the ARN of a certificate.", arn));
  }
  FESCUE_TRY(certificate, find_certificate(plane, std::string_view(parts.resource).substr(5)));
  // A certificate of another account or region is not ours.
  if (parts.region != plane.config.region.view() || parts.account != plane.config.account.view()) {
    return not_found("Certificate", fmt::format("{} ({})", arn, where_this_is(plane.config)));
  }
  return certificate;
}

ApiValue<PolicyName> parse_policy_name(std::string_view text) {
  FESCUE_CHECK(check_text(Service::iot, "policyName", text, kPolicyNameRule));
  return PolicyName(std::string(text));
}

ApiValue<Policy> find_policy(ControlPlane& plane, std::string_view name) {
  FESCUE_TRY(parsed, parse_policy_name(name));
  FESCUE_TRY(policy, PolicyStore(plane.database).find(parsed));
  if (!policy) return not_found("Policy", name);
  return std::move(*policy);
}

ApiValue<ThingType> find_thing_type(ControlPlane& plane, std::string_view name) {
  FESCUE_CHECK(check_text(Service::iot, "thingTypeName", name, kThingTypeNameRule));
  FESCUE_TRY(type, ThingTypeStore(plane.database).find(name));
  if (!type) return not_found("Thing type", name);
  return std::move(*type);
}

ApiValue<RoleAlias> find_role_alias(ControlPlane& plane, std::string_view name) {
  FESCUE_CHECK(check_text(Service::iot, "roleAlias", name, kRoleAliasNameRule));
  FESCUE_TRY(alias, RoleAliasStore(plane.database).find(name));
  if (!alias) return not_found("Role alias", name);
  return std::move(*alias);
}

std::string thing_arn(const ControlPlane& plane, const ThingName& name) {
  return ThingArn::make(plane.config.region, plane.config.account, name).str();
}

std::string certificate_arn(const ControlPlane& plane, const CertificateId& id) {
  return cloud::certificate_arn(plane.config.region, plane.config.account, id);
}

std::string authority_arn(const ControlPlane& plane, const CertificateId& id) {
  return arn_of(plane, "cacert", id.view());
}

std::string policy_arn(const ControlPlane& plane, const PolicyName& name) {
  return arn_of(plane, "policy", name.view());
}

std::string thing_type_arn(const ControlPlane& plane, std::string_view name) {
  return arn_of(plane, "thingtype", name);
}

std::string role_alias_arn(const ControlPlane& plane, std::string_view name) {
  return arn_of(plane, "rolealias", name);
}

ApiValue<ListOrder> list_order(const ApiRequest& request) {
  FESCUE_TRY(ascending, query_bool(request, "isAscendingOrder"));
  return ascending.value_or(false) ? ListOrder::oldest_first : ListOrder::newest_first;
}

std::int64_t number_after(const Page& page) { return parse_number<std::int64_t>(page.after).value_or(0); }

ApiError not_found(std::string_view kind, std::string_view name) {
  return {404, "ResourceNotFoundException", fmt::format("{} {} does not exist.", kind, name)};
}

double epoch_seconds(WallTime time) { return static_cast<double>(epoch_milliseconds(time)) / 1000.0; }

ApiError already_exists(std::string message, std::string_view arn, std::string_view id) {
  return {409, "ResourceAlreadyExistsException", std::move(message), {{"resourceArn", arn}, {"resourceId", id}}};
}

void rights_changed(ControlPlane& plane, const std::vector<CertificateId>& certificates) {
  std::set<std::string_view> names;
  for (const CertificateId& id : certificates) names.insert(id.view());
  plane.broker.access_changed([&](const Principal& principal) { return names.contains(principal.name); });
}

void disconnect(ControlPlane& plane, const CertificateId& id, std::string_view reason) {
  rights_changed(plane, {id});  // so that its will is judged by what it may do now
  const auto is_its = [&](const Principal& principal, std::string_view) { return principal.name == id.view(); };
  const std::size_t closed = plane.broker.close_connections(is_its, std::string(reason));
  if (closed > 0) {
    log::info("Closed the connections of a certificate.",
              {{"certificateId", id.view()}, {"reason", reason}, {"connections", closed}});
  }
}

}  // namespace fescue::cloud::iot
