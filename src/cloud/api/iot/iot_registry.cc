// Reading, checking, storing and listing certificates.
#include "cloud/api/iot/iot_registry.h"

#include <fmt/format.h>

#include "cloud/api/iot/iot_values.h"
#include "cloud/broker/enrolment.h"
#include "cloud/store/certificate_store.h"

namespace fescue::cloud::iot {

ApiValue<CertificateInfo> read_certificate(std::string_view member, const std::string& pem) {
  auto info = inspect_certificate(pem);
  if (!info) return validation_error(fmt::format("{}: {}", member, info.error().message()));
  if (!has_strong_key(*info)) {
    return validation_error(fmt::format(
        "{}: its key is too weak; RSA of 2048 bits and more is accepted, and ECC of 256 and more.", member));
  }
  return std::move(*info);
}

ApiValue<void> enrol(ControlPlane& plane, const Certificate& certificate) {
  const auto inserted = CertificateStore(plane.database).insert(certificate);
  if (!inserted && inserted.error().code() == Code::already_exists) {
    return already_exists("The certificate is already registered.", certificate_arn(plane, certificate.id),
                          certificate.id.view());
  }
  if (!inserted) return inserted.error();
  return {};
}

ApiValue<CertificateStatus> requested_status(std::string_view text) {
  for (const std::string_view known : {"PENDING_TRANSFER", "REGISTER_INACTIVE", "PENDING_ACTIVATION"}) {
    if (text == known) return Error(Code::invalid_argument, fmt::format("A certificate cannot be set to {}.", text));
  }
  if (const auto status = parse_certificate_status(text)) return *status;
  return Error(Code::invalid_argument,
               fmt::format("'{}' is not a certificate status (ACTIVE, INACTIVE, REVOKED).", text.substr(0, 80)));
}

ApiError validation_error(std::string message) { return {400, "CertificateValidationException", std::move(message)}; }

ApiError state_error(std::string message) { return {406, "CertificateStateException", std::move(message)}; }

json::object identity_json(const ControlPlane& plane, const Certificate& certificate) {
  return {{"certificateArn", certificate_arn(plane, certificate.id)}, {"certificateId", certificate.id.view()}};
}

json::object identity_json(const ControlPlane& plane, const CertificateAuthority& authority) {
  return {{"certificateArn", authority_arn(plane, authority.id)}, {"certificateId", authority.id.view()}};
}

/// Templates that make things, policies and roles of what registers itself are not built.
ApiValue<void> check_no_template(const Members& body) {
  if (!body.has("registrationConfig")) return {};
  return body.refuse("registrationConfig",
                     "provisioning templates are not built; activate certificates by hearing "
                     "$aws/events/certificates/registered/<CA>.");
}

HttpResponse certificate_page(const ControlPlane& plane, const ApiRequest& request, const Page& page,
                              std::vector<Certificate> certificates) {
  const auto next =
      cut_page(request, page, certificates, [](const Certificate& last) { return std::to_string(last.number); });
  json::array list;
  for (const Certificate& certificate : certificates) {
    json::object item = identity_json(plane, certificate);
    item["status"] = name_of(certificate.status);
    item["certificateMode"] = name_of(certificate.mode);
    item["creationDate"] = epoch_seconds(certificate.created);
    list.push_back(std::move(item));
  }
  json::object body{{"certificates", std::move(list)}};
  if (next) body["nextMarker"] = *next;
  return json_response(200, body);
}

}  // namespace fescue::cloud::iot
