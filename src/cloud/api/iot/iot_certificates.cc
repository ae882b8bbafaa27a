// Certificates (docs/compatibility/api-iot.md#certificates). New ones are signed by our own authority, as long-lived as
// AWS's (the end of 2049). A private key leaves in the one response that made it and is kept nowhere.
#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_registry.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/broker/enrolment.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/thing_store.h"
#include "sys/tls/x509.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::string_view kCommonName = "AWS IoT Certificate";
constexpr std::chrono::hours kMinValidity{24 * 365 * 10};

std::chrono::hours validity_from(WallTime now) {
  constexpr WallTime end = std::chrono::sys_days(std::chrono::year(2050) / 1 / 1);
  return std::max(kMinValidity, std::chrono::duration_cast<std::chrono::hours>(end - now));
}

struct Issued {
  KeyPair keys;  // empty for a signing request
  std::string pem;
};

Result<Issued> issue_with_new_key(const Authority& authority, std::chrono::hours validity) {
  KeyPair keys = generate_rsa_key();
  FESCUE_TRY(pem, issue_certificate(authority, {.common_name = std::string(kCommonName),
                                                .public_key_pem = keys.public_pem,
                                                .purpose = CertificatePurpose::client,
                                                .dns_names = {},
                                                .ip_addresses = {},
                                                .validity = validity}));
  return Issued{std::move(keys), std::move(pem)};
}

Result<Issued> issue_for_request(const Authority& authority, const std::string& csr, std::chrono::hours validity) {
  FESCUE_TRY(parsed, parse_certificate_request(csr));
  const bool named = !parsed.common_name.empty();
  FESCUE_TRY(pem, issue_certificate(authority, {.common_name = named ? parsed.common_name : std::string(kCommonName),
                                                .public_key_pem = parsed.public_key_pem,
                                                .purpose = CertificatePurpose::client,
                                                .dns_names = {},
                                                .ip_addresses = {},
                                                .validity = validity}));
  return Issued{{}, std::move(pem)};
}

/// Puts what our authority has just signed into the registry.
ApiValue<Certificate> enrol_issued(ControlPlane& plane, const std::string& pem, CertificateStatus status) {
  FESCUE_TRY(info, inspect_certificate(pem));
  Certificate certificate = new_certificate(info, pem, plane.now());
  certificate.status = status;
  FESCUE_CHECK(enrol(plane, certificate));
  return certificate;
}

ApiValue<CertificateStatus> status_to_start_with(const ApiRequest& request) {
  FESCUE_TRY(active, query_bool(request, "setAsActive"));
  return active.value_or(false) ? CertificateStatus::active : CertificateStatus::inactive;
}

}  // namespace

Task<ApiResult> create_keys_and_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(status, status_to_start_with(request));
  const auto make = [authority = plane.authority, validity = validity_from(plane.now())] {
    return issue_with_new_key(authority, validity);
  };
  FESCUE_CO_TRY(issued, co_await plane.pool.run(make));
  FESCUE_CO_TRY(certificate, enrol_issued(plane, issued.pem, status));
  json::object body = identity_json(plane, certificate);
  body["certificatePem"] = issued.pem;
  body["keyPair"] = json::object{{"PublicKey", issued.keys.public_pem}, {"PrivateKey", issued.keys.private_pem}};
  co_return json_response(200, body);
}

Task<ApiResult> create_certificate_from_csr(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(status, status_to_start_with(request));
  FESCUE_CO_TRY(csr, Members(request).required_string("certificateSigningRequest", {.min = 1, .max = 4096}));
  const auto make = [authority = plane.authority, csr = std::move(csr), validity = validity_from(plane.now())] {
    return issue_for_request(authority, csr, validity);
  };
  FESCUE_CO_TRY(issued, co_await plane.pool.run(make));
  FESCUE_CO_TRY(certificate, enrol_issued(plane, issued.pem, status));
  json::object body = identity_json(plane, certificate);
  body["certificatePem"] = issued.pem;
  co_return json_response(200, body);
}

Task<ApiResult> describe_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(certificate, find_certificate(plane, request.labels[0]));
  json::object description = identity_json(plane, certificate);
  description["status"] = name_of(certificate.status);
  description["certificatePem"] = certificate.pem;
  description["ownedBy"] = plane.config.account.view();
  description["creationDate"] = epoch_seconds(certificate.created);
  description["lastModifiedDate"] = epoch_seconds(certificate.modified);
  description["customerVersion"] = 1;
  description["generationId"] = certificate.generation_id;
  description["validity"] = json::object{{"notBefore", epoch_seconds(certificate.not_before)},
                                         {"notAfter", epoch_seconds(certificate.not_after)}};
  description["certificateMode"] = name_of(certificate.mode);
  if (!certificate.authority.view().empty()) description["caCertificateId"] = certificate.authority.view();
  co_return json_response(200, json::object{{"certificateDescription", std::move(description)}});
}

Task<ApiResult> list_certificates(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kMarkerPages));
  FESCUE_CO_TRY(order, list_order(request));
  FESCUE_CO_TRY(certificates, CertificateStore(plane.database).list(order, number_after(page), page.limit + 1));
  co_return certificate_page(plane, request, page, std::move(certificates));
}

/// Also of an authority that is registered no more: what it signed stays.
Task<ApiResult> list_certificates_by_ca(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(id, parse_certificate_id(request.labels[0]));
  FESCUE_CO_TRY(page, query_page(request, kAuthorityPages));
  FESCUE_CO_TRY(order, list_order(request));
  FESCUE_CO_TRY(certificates, CertificateStore(plane.database).list_of(id, order, number_after(page), page.limit + 1));
  co_return certificate_page(plane, request, page, std::move(certificates));
}

Task<ApiResult> update_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(certificate, find_certificate(plane, request.labels[0]));
  FESCUE_CO_TRY(status, requested_status(request.query_or("newStatus", "")));
  FESCUE_CO_CHECK(CertificateStore(plane.database).set_status(certificate.id, status, plane.now()));
  if (status != CertificateStatus::active) disconnect(plane, certificate.id, "the certificate is no longer active");
  co_return empty_response(200);
}

Task<ApiResult> delete_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(certificate, find_certificate(plane, request.labels[0]));
  FESCUE_CO_TRY(force, query_bool(request, "forceDelete"));
  if (certificate.status == CertificateStatus::active) {
    co_return state_error(fmt::format("Certificate {} is ACTIVE; set it to INACTIVE first.", certificate.id.view()));
  }
  FESCUE_CO_TRY(things, ThingStore(plane.database).things_of(certificate.id, "", 1));
  if (!things.empty()) {
    co_return ApiError(
        409, "DeleteConflictException",
        fmt::format("Things must be detached before deletion (arn: {}).", certificate_arn(plane, certificate.id)));
  }
  const std::string arn = certificate_arn(plane, certificate.id);
  PolicyStore policies(plane.database);
  FESCUE_CO_TRY(attached, policies.policies_of(arn, "", 1));
  if (!attached.empty() && !force.value_or(false)) {
    co_return ApiError(409, "DeleteConflictException",
                       fmt::format("Certificate policies must be detached before deletion (arn: {}).", arn));
  }
  FESCUE_CO_TRY(transaction, Transaction::begin(plane.database));
  FESCUE_CO_CHECK(policies.detach_all(arn));
  FESCUE_CO_CHECK(CertificateStore(plane.database).remove(certificate.id));
  FESCUE_CO_CHECK(transaction.commit());
  disconnect(plane, certificate.id, "the certificate was deleted");
  co_return empty_response(200);
}

}  // namespace fescue::cloud::iot
