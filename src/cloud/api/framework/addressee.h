// Whom a request is meant for, and the form in which that service's clients read an error
// (docs/compatibility/api.md#errors). All services share one port, so the service is told apart by the signature's
// scope, else by X-Amz-Target, a form's content or the path (docs/compatibility/api.md#one-port). A service that is not
// served here is known by its name in the scope, and its form by what the request looks like
// (docs/compatibility/api.md#services-that-are-not-here). No I/O.
#pragma once

#include <string>

#include "cloud/api/framework/operation.h"
#include "sys/http/http.h"

namespace fescue::cloud {

enum class ErrorForm {
  rest_json,  // the name in a header, JSON
  json,       // the name in the JSON
  cbor,       // the same in CBOR
  query,      // XML: <ErrorResponse>
  ec2,        // XML: <Response><Errors>
  s3,         // XML: <Error>
};

struct Addressee {
  Service service = Service::unserved;
  ErrorForm form = ErrorForm::rest_json;
  std::string name;  // as in the signature, of a service that is not served
};

Addressee addressee_of(const HttpRequest& request);

/// The error for a service that is not served. It needs no signature: nothing is done and nothing told.
ApiError unserved(const Addressee& addressee);

}  // namespace fescue::cloud
