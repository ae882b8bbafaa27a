// Registering a certificate authority of the owner's (docs/compatibility/api-iot.md#own-authorities). Whoever does it
// proves to have its key by a certificate that it signs for the account's registration code.
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/random.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_registry.h"
#include "cloud/api/iot/iot_tags.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/iot/authority_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr TextRule kPemRule{.min = 1, .max = 65'536};
constexpr std::size_t kMaxOfSameSubject = 10;

ApiValue<CertificateMode> read_mode(const Members& body) {
  FESCUE_TRY(asked, body.optional_string("certificateMode"));
  for (const CertificateMode mode : {CertificateMode::proved, CertificateMode::sni_only}) {
    if (asked.value_or("DEFAULT") == name_of(mode)) return mode;
  }
  return body.refuse("certificateMode", "DEFAULT or SNI_ONLY.");
}

/// The verification certificate is signed by the authority and has the registration code as its name.
ApiValue<void> check_proof(ControlPlane& plane, const Members& body, CertificateMode mode, const std::string& ca_pem) {
  FESCUE_TRY(proof, body.optional_string("verificationCertificate", kPemRule));
  if (mode == CertificateMode::sni_only) {
    return proof ? body.refuse("verificationCertificate", "not with SNI_ONLY.") : ApiValue<void>();
  }
  if (!proof) return body.refuse("verificationCertificate", "needed, unless certificateMode is SNI_ONLY.");
  FESCUE_TRY(info, read_certificate("verificationCertificate", *proof));
  if (const auto issued = verify_issued_by(*proof, ca_pem); !issued) {
    return validation_error(fmt::format("verificationCertificate, by this CA: {}", issued.error().message()));
  }
  FESCUE_TRY(code, RegistrationCodeStore(plane.database).find());
  if (code && info.common_name == *code) return {};
  return ApiError(400, "RegistrationCodeValidationException",
                  "The common name of the verification certificate is not the registration code.");
}

ApiValue<void> check_new(ControlPlane& plane, const CertificateInfo& info) {
  if (!info.is_authority) return validation_error("caCertificate: it is not a CA's (basicConstraints CA:TRUE).");
  const AuthorityStore store(plane.database);
  FESCUE_TRY(existing, store.find(CertificateId(info.sha256)));
  if (existing) {
    return already_exists("The CA certificate is already registered.", authority_arn(plane, existing->id),
                          existing->id.view());
  }
  FESCUE_TRY(same, store.named(info.subject));
  if (same.size() < kMaxOfSameSubject) return {};
  return Error(Code::resource_exhausted,
               fmt::format("There are {} CA certificates with this subject already.", kMaxOfSameSubject));
}

/// The row of a request, after it was checked.
ApiValue<CertificateAuthority> read_authority(ControlPlane& plane, const ApiRequest& request) {
  const Members body(request);
  FESCUE_TRY(pem, body.required_string("caCertificate", kPemRule));
  FESCUE_TRY(active, query_bool(request, "setAsActive"));
  FESCUE_TRY(automatic, query_bool(request, "allowAutoRegistration"));
  FESCUE_TRY(mode, read_mode(body));
  FESCUE_CHECK(check_no_template(body));
  FESCUE_TRY(info, read_certificate("caCertificate", pem));
  FESCUE_CHECK(check_new(plane, info));
  FESCUE_CHECK(check_proof(plane, body, mode, pem));
  const WallTime now = plane.now();
  return CertificateAuthority{
      .id = CertificateId(info.sha256),
      .pem = pem,
      .subject = info.subject,
      .status = active.value_or(false) ? CertificateStatus::active : CertificateStatus::inactive,
      .auto_registration = automatic.value_or(false) ? AutoRegistration::enabled : AutoRegistration::disabled,
      .mode = mode,
      .not_before = info.not_before,
      .not_after = info.not_after,
      .created = now,
      .modified = now,
      .generation_id = random_uuid()};
}

}  // namespace

Task<ApiResult> get_registration_code(ControlPlane& plane, ApiRequest) {
  RegistrationCodeStore store(plane.database);
  FESCUE_CO_TRY(code, store.find());
  if (!code) {
    code = hex_encode(random_bytes(32));
    FESCUE_CO_CHECK(store.put(*code));
  }
  co_return json_response(200, json::object{{"registrationCode", *code}});
}

Task<ApiResult> delete_registration_code(ControlPlane& plane, ApiRequest) {
  RegistrationCodeStore store(plane.database);
  FESCUE_CO_TRY(code, store.find());
  if (!code) co_return ApiError(404, "ResourceNotFoundException", "There is no registration code.");
  FESCUE_CO_CHECK(store.remove());
  co_return empty_response(200);
}

Task<ApiResult> register_ca_certificate(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(tags, read_tag_list(Members(request)));
  FESCUE_CO_TRY(authority, read_authority(plane, request));
  FESCUE_CO_CHECK(AuthorityStore(plane.database).insert(authority));
  FESCUE_CO_CHECK(keep_tags(plane, authority_arn(plane, authority.id), tags));
  co_return json_response(200, identity_json(plane, authority));
}

}  // namespace fescue::cloud::iot
