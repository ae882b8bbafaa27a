// The owner's certificate authorities, once they are registered (docs/compatibility/api-iot.md#own-authorities).
#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_registry.h"
#include "cloud/api/iot/iot_tags.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/iot/authority_store.h"

namespace fescue::cloud::iot {

namespace {

std::string_view name_of_registration(const CertificateAuthority& authority) {
  return authority.auto_registration == AutoRegistration::enabled ? "ENABLE" : "DISABLE";
}

json::object description_of(const ControlPlane& plane, const CertificateAuthority& authority) {
  json::object description = identity_json(plane, authority);
  description["status"] = name_of(authority.status);
  description["certificatePem"] = authority.pem;
  description["ownedBy"] = plane.config.account.view();
  description["creationDate"] = epoch_seconds(authority.created);
  description["autoRegistrationStatus"] = name_of_registration(authority);
  description["lastModifiedDate"] = epoch_seconds(authority.modified);
  description["customerVersion"] = 1;
  description["generationId"] = authority.generation_id;
  description["validity"] = json::object{{"notBefore", epoch_seconds(authority.not_before)},
                                         {"notAfter", epoch_seconds(authority.not_after)}};
  description["certificateMode"] = name_of(authority.mode);
  return description;
}

ApiValue<void> change_status(CertificateAuthority& authority, const ApiRequest& request) {
  const std::string status = request.query_or("newStatus", "");
  if (status.empty()) return {};
  const auto parsed = parse_certificate_status(status);
  if (parsed != CertificateStatus::active && parsed != CertificateStatus::inactive) {
    return Error(Code::invalid_argument, fmt::format("'{}' is not ACTIVE or INACTIVE.", status.substr(0, 80)));
  }
  authority.status = *parsed;
  return {};
}

ApiValue<void> change_registration(CertificateAuthority& authority, const ApiRequest& request) {
  const Members body(request);
  FESCUE_CHECK(check_no_template(body));
  FESCUE_TRY(removed, body.optional_bool("removeAutoRegistration"));
  const std::string asked = request.query_or("newAutoRegistrationStatus", "");
  if (!asked.empty() && asked != "ENABLE" && asked != "DISABLE") {
    return Error(Code::invalid_argument, fmt::format("'{}' is not ENABLE or DISABLE.", asked.substr(0, 80)));
  }
  if (asked == "ENABLE") authority.auto_registration = AutoRegistration::enabled;
  if (asked == "DISABLE" || removed.value_or(false)) authority.auto_registration = AutoRegistration::disabled;
  return {};
}

}  // namespace

Task<ApiResult> describe_ca_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(authority, find_authority(plane, request.labels[0]));
  co_return json_response(200, json::object{{"certificateDescription", description_of(plane, authority)}});
}

Task<ApiResult> list_ca_certificates(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kAuthorityPages));
  FESCUE_CO_TRY(order, list_order(request));
  FESCUE_CO_TRY(authorities, AuthorityStore(plane.database).list(order, number_after(page), page.limit + 1));
  const auto next = cut_page(request, page, authorities,
                             [](const CertificateAuthority& last) { return std::to_string(last.number); });
  json::array list;
  for (const CertificateAuthority& authority : authorities) {
    json::object item = identity_json(plane, authority);
    item["status"] = name_of(authority.status);
    item["creationDate"] = epoch_seconds(authority.created);
    list.push_back(std::move(item));
  }
  json::object body{{"certificates", std::move(list)}};
  if (next) body["nextMarker"] = *next;
  co_return json_response(200, body);
}

Task<ApiResult> update_ca_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(authority, find_authority(plane, request.labels[0]));
  FESCUE_CO_CHECK(change_status(authority, request));
  FESCUE_CO_CHECK(change_registration(authority, request));
  authority.modified = plane.now();
  FESCUE_CO_CHECK(AuthorityStore(plane.database).update(authority));
  co_return empty_response(200);
}

Task<ApiResult> delete_ca_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(authority, find_authority(plane, request.labels[0]));
  if (authority.status == CertificateStatus::active) {
    co_return state_error(fmt::format("CA certificate {} is ACTIVE; set it to INACTIVE first.", authority.id.view()));
  }
  FESCUE_CO_CHECK(AuthorityStore(plane.database).remove(authority.id));
  FESCUE_CO_CHECK(forget_tags(plane, authority_arn(plane, authority.id)));
  co_return json_response(200, json::object());
}

}  // namespace fescue::cloud::iot
