// What each service calls each Code, and a signature that is refused (docs/compatibility/api.md#errors). How an error
// is written is in error_forms.h.
#pragma once

#include <string_view>

#include "cloud/api/framework/addressee.h"
#include "cloud/api/framework/operation.h"
#include "sys/sigv4/aws_sigv4.h"

namespace fescue::cloud {

/// The body, status and headers of `error`; an unnamed one gets the service's name and status for its code first.
HttpResponse error_response(const Addressee& addressee, ApiError error, std::string_view request_id);

/// What the service calls a refused signature.
ApiError signature_error(Service service, const SigV4Failure& failure);

/// A session has ended.
ApiError session_expired(Service service);

/// The given error with the name and status that `service` has for its code, if it has no name yet.
ApiError with_name(Service service, ApiError error);

/// A member of the request breaks a constraint (pattern, length, range, missing): Lambda's ValidationException,
/// Greengrass's BadRequestException, and so on.
ApiError constraint_error(Service service, std::string message);

}  // namespace fescue::cloud
