// Certificates on their way into the registry and out of it: what the operations on them share
// (docs/compatibility/api-iot.md#certificates).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/operation.h"
#include "cloud/api/framework/pages.h"
#include "cloud/control_plane.h"
#include "cloud/model/certificate.h"
#include "cloud/model/certificate_authority.h"
#include "sys/tls/x509.h"

namespace fescue::cloud::iot {

/// What is in the PEM of a member; 400 CertificateValidationException for none, and for a key that AWS refuses.
ApiValue<CertificateInfo> read_certificate(std::string_view member, const std::string& pem);

/// Puts it into the registry. 409 ResourceAlreadyExistsException.
ApiValue<void> enrol(ControlPlane& plane, const Certificate& certificate);

/// A status that a client may ask for; the other names of AWS's model are told apart from nonsense.
ApiValue<CertificateStatus> requested_status(std::string_view text);

ApiError validation_error(std::string message);  // 400 CertificateValidationException
ApiError state_error(std::string message);       // 406 CertificateStateException

/// "certificateArn" and "certificateId".
json::object identity_json(const ControlPlane& plane, const Certificate& certificate);
json::object identity_json(const ControlPlane& plane, const CertificateAuthority& authority);

/// That a request has no "registrationConfig".
ApiValue<void> check_no_template(const Members& body);

/// One page; `certificates` may have one more than that.
HttpResponse certificate_page(const ControlPlane& plane, const ApiRequest& request, const Page& page,
                              std::vector<Certificate> certificates);

}  // namespace fescue::cloud::iot
