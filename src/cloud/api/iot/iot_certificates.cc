// Certificates (docs/compatibility/api-iot.md#certificates). New ones are signed by our own authority, as long-lived as
// AWS's (the end of 2049). A private key leaves in the one response that made it and is kept nowhere.
#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
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

enum class Signer { own_authority, unknown };

/// Puts a certificate into the registry.
ApiValue<Certificate> enrol(ControlPlane& plane, const std::string& pem, CertificateStatus status, Signer signer) {
  FESCUE_TRY(info, inspect_certificate(pem));
  const WallTime now = plane.now();
  const Certificate certificate{.id = CertificateId(info.sha256),
                                .pem = pem,
                                .status = status,
                                .without_authority = signer == Signer::unknown,
                                .not_before = info.not_before,
                                .not_after = info.not_after,
                                .created = now,
                                .modified = now,
                                .generation_id = random_uuid()};
  const auto inserted = CertificateStore(plane.database).insert(certificate);
  if (!inserted && inserted.error().code() == Code::already_exists) {
    return already_exists("The certificate is already registered.", certificate_arn(plane, certificate.id),
                          certificate.id.view());
  }
  if (!inserted) return inserted.error();
  return certificate;
}

ApiValue<CertificateStatus> status_to_start_with(const ApiRequest& request) {
  FESCUE_TRY(active, query_bool(request, "setAsActive"));
  return active.value_or(false) ? CertificateStatus::active : CertificateStatus::inactive;
}

/// A status that a client may ask for; the other names of AWS's model are told apart from nonsense.
ApiValue<CertificateStatus> requested_status(std::string_view text) {
  if (const auto status = parse_certificate_status(text)) return *status;
  for (const std::string_view known : {"PENDING_TRANSFER", "REGISTER_INACTIVE", "PENDING_ACTIVATION"}) {
    if (text == known) return Error(Code::invalid_argument, fmt::format("A certificate cannot be set to {}.", text));
  }
  return Error(Code::invalid_argument,
               fmt::format("'{}' is not a certificate status (ACTIVE, INACTIVE, REVOKED).", text.substr(0, 80)));
}

std::string_view mode_of(const Certificate& certificate) {
  return certificate.without_authority ? "SNI_ONLY" : "DEFAULT";
}

json::object identity_json(const ControlPlane& plane, const Certificate& certificate) {
  return {{"certificateArn", certificate_arn(plane, certificate.id)}, {"certificateId", certificate.id.view()}};
}

}  // namespace

Task<ApiResult> create_keys_and_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(status, status_to_start_with(request));
  const auto make = [authority = plane.authority, validity = validity_from(plane.now())] {
    return issue_with_new_key(authority, validity);
  };
  FESCUE_CO_TRY(issued, co_await plane.pool.run(make));
  FESCUE_CO_TRY(certificate, enrol(plane, issued.pem, status, Signer::own_authority));
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
  FESCUE_CO_TRY(certificate, enrol(plane, issued.pem, status, Signer::own_authority));
  json::object body = identity_json(plane, certificate);
  body["certificatePem"] = issued.pem;
  co_return json_response(200, body);
}

Task<ApiResult> register_certificate_without_ca(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(pem, body.required_string("certificatePem", {.min = 1, .max = 65'536}));
  FESCUE_CO_TRY(asked, body.optional_string("status"));
  FESCUE_CO_TRY(status, requested_status(asked.value_or("INACTIVE")));
  if (const auto info = inspect_certificate(pem); !info) {
    co_return ApiError(400, "CertificateValidationException", info.error().message());
  }
  FESCUE_CO_TRY(certificate, enrol(plane, pem, status, Signer::unknown));
  co_return json_response(200, identity_json(plane, certificate));
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
  description["certificateMode"] = mode_of(certificate);
  co_return json_response(200, json::object{{"certificateDescription", std::move(description)}});
}

Task<ApiResult> list_certificates(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kMarkerPages));
  FESCUE_CO_TRY(order, list_order(request));
  FESCUE_CO_TRY(certificates, CertificateStore(plane.database).list(order, number_after(page), page.limit + 1));
  const auto next =
      cut_page(request, page, certificates, [](const Certificate& last) { return std::to_string(last.number); });
  json::array list;
  for (const Certificate& certificate : certificates) {
    json::object item = identity_json(plane, certificate);
    item["status"] = name_of(certificate.status);
    item["certificateMode"] = mode_of(certificate);
    item["creationDate"] = epoch_seconds(certificate.created);
    list.push_back(std::move(item));
  }
  json::object body{{"certificates", std::move(list)}};
  if (next) body["nextMarker"] = *next;
  co_return json_response(200, body);
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
    co_return ApiError(406, "CertificateStateException",
                       fmt::format("Certificate {} is ACTIVE; set it to INACTIVE first.", certificate.id.view()));
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
