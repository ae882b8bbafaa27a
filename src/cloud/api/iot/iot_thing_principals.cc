// Which certificates speak for which things (docs/compatibility/api-iot.md#principals). A principal is a certificate's
// ARN, in the header x-amzn-principal.
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::string_view kNotExclusive = "NON_EXCLUSIVE_THING";

ApiValue<Certificate> principal_of(ControlPlane& plane, const ApiRequest& request) {
  const std::string_view arn = request.http.headers.get("x-amzn-principal");
  if (arn.empty()) return Error(Code::invalid_argument, "The header x-amzn-principal is required.");
  return find_certificate_by_arn(plane, arn);
}

}  // namespace

Task<ApiResult> attach_thing_principal(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  FESCUE_CO_TRY(certificate, principal_of(plane, request));
  const std::string type = request.query_or("thingPrincipalType", kNotExclusive);
  if (type == "EXCLUSIVE_THING") co_return Error(Code::unimplemented, "Exclusive principals are not implemented.");
  if (type != kNotExclusive) {
    co_return Error(Code::invalid_argument, "thingPrincipalType must be EXCLUSIVE_THING or NON_EXCLUSIVE_THING.");
  }
  FESCUE_CO_CHECK(ThingStore(plane.database).attach(thing.name, certificate.id));
  rights_changed(plane, {certificate.id});
  co_return json_response(200, json::object());
}

Task<ApiResult> detach_thing_principal(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  FESCUE_CO_TRY(certificate, principal_of(plane, request));
  FESCUE_CO_TRY(was_attached, ThingStore(plane.database).detach(thing.name, certificate.id));
  if (was_attached) disconnect(plane, certificate.id, "detached from its thing");
  co_return json_response(200, json::object());
}

Task<ApiResult> list_thing_principals(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kResultPages));
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  FESCUE_CO_TRY(ids, ThingStore(plane.database).certificates_of(thing.name, page.after, page.limit + 1));
  const auto next = cut_page(request, page, ids, [](const CertificateId& id) { return id.str(); });
  json::array principals;
  for (const CertificateId& id : ids) principals.emplace_back(certificate_arn(plane, id));
  json::object body{{"principals", std::move(principals)}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

Task<ApiResult> list_thing_principals_v2(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kResultPages));
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  std::vector<CertificateId> ids;
  if (request.query_or("thingPrincipalType", kNotExclusive) == kNotExclusive) {  // no other is built
    FESCUE_CO_TRY(found, ThingStore(plane.database).certificates_of(thing.name, page.after, page.limit + 1));
    ids = std::move(found);
  }
  const auto next = cut_page(request, page, ids, [](const CertificateId& id) { return id.str(); });
  json::array principals;
  for (const CertificateId& id : ids) {
    principals.push_back(
        json::object{{"principal", certificate_arn(plane, id)}, {"thingPrincipalType", kNotExclusive}});
  }
  json::object body{{"thingPrincipalObjects", std::move(principals)}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

Task<ApiResult> list_principal_things(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kResultPages));
  FESCUE_CO_TRY(certificate, principal_of(plane, request));
  FESCUE_CO_TRY(names, ThingStore(plane.database).things_of(certificate.id, page.after, page.limit + 1));
  const auto next = cut_page(request, page, names, [](const ThingName& name) { return name.str(); });
  json::array things;
  for (const ThingName& name : names) things.emplace_back(name.view());
  json::object body{{"things", std::move(things)}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
