// Certificates that others have signed (docs/compatibility/api-iot.md#own-certificates): registered as they are, or
// with the registered authority that signed them.
#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_registry.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/broker/enrolment.h"
#include "cloud/store/iot/authority_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr TextRule kPemRule{.min = 1, .max = 65'536};

/// The registered authority whose certificate this is.
ApiValue<CertificateAuthority> named_authority(ControlPlane& plane, const std::string& pem) {
  FESCUE_TRY(info, read_certificate("caCertificatePem", pem));
  FESCUE_TRY(authority, AuthorityStore(plane.database).find(CertificateId(info.sha256)));
  if (!authority) return validation_error("caCertificatePem: this CA certificate is not registered.");
  return std::move(*authority);
}

/// The one registered authority whose key signed it.
ApiValue<CertificateAuthority> find_signer(ControlPlane& plane, const std::string& pem, const CertificateInfo& info) {
  FESCUE_TRY(candidates, AuthorityStore(plane.database).named(info.issuer));
  std::erase_if(candidates, [&](const CertificateAuthority& one) { return !verify_issued_by(pem, one.pem); });
  if (candidates.empty()) return validation_error("certificatePem: no registered CA certificate has signed it.");
  if (candidates.size() == 1) return std::move(candidates.front());
  return ApiError(409, "CertificateConflictException",
                  "Several registered CA certificates have the subject and the key that signed it; say which by "
                  "caCertificatePem.");
}

ApiValue<CertificateAuthority> signer_of(ControlPlane& plane, const Members& body, const std::string& pem,
                                         const CertificateInfo& info) {
  FESCUE_TRY(ca_pem, body.optional_string("caCertificatePem", kPemRule));
  if (!ca_pem) return find_signer(plane, pem, info);
  FESCUE_TRY(authority, named_authority(plane, *ca_pem));
  if (const auto issued = verify_issued_by(pem, authority.pem); !issued) {
    return validation_error(fmt::format("certificatePem, by this CA: {}", issued.error().message()));
  }
  return authority;
}

/// By "status", or the older flag.
ApiValue<CertificateStatus> status_of(const ApiRequest& request, const Members& body) {
  FESCUE_TRY(active, query_bool(request, "setAsActive"));
  FESCUE_TRY(asked, body.optional_string("status"));
  return requested_status(asked ? *asked : active.value_or(false) ? "ACTIVE" : "INACTIVE");
}

}  // namespace

Task<ApiResult> register_certificate_without_ca(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(pem, body.required_string("certificatePem", kPemRule));
  FESCUE_CO_TRY(status, status_of(request, body));
  FESCUE_CO_TRY(info, read_certificate("certificatePem", pem));
  Certificate certificate = new_certificate(info, pem, plane.now());
  certificate.status = status;
  certificate.mode = CertificateMode::sni_only;
  FESCUE_CO_CHECK(enrol(plane, certificate));
  co_return json_response(200, identity_json(plane, certificate));
}

Task<ApiResult> register_certificate(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(pem, body.required_string("certificatePem", kPemRule));
  FESCUE_CO_TRY(status, status_of(request, body));
  FESCUE_CO_TRY(info, read_certificate("certificatePem", pem));
  FESCUE_CO_TRY(authority, signer_of(plane, body, pem, info));
  if (authority.status != CertificateStatus::active) {
    co_return state_error(fmt::format("CA certificate {} is INACTIVE; set it to ACTIVE first.", authority.id.view()));
  }
  Certificate certificate = new_certificate(info, pem, plane.now());
  certificate.status = status;
  certificate.mode = authority.mode;
  certificate.authority = authority.id;
  FESCUE_CO_CHECK(enrol(plane, certificate));
  co_return json_response(200, identity_json(plane, certificate));
}

}  // namespace fescue::cloud::iot
