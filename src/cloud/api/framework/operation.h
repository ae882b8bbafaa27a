// One API operation: which request it answers and the function that answers it. Each resource has one file of
// operations; `operations()` in operations.cc is the one table that lists them all. Routing, signatures, body parsing
// and the error form of each protocol happen once, in the API server, before and after an operation runs.
//
//   Task<ApiResult> describe_thing(ControlPlane& plane, ApiRequest request) {
//     FESCUE_CO_TRY(thing, ThingStore(plane.database).get(ThingName(request.labels[0])));  // an Error becomes an
//     ApiError co_return json_response(200, {{"thingName", thing.name.str()}});
//   }
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <boost/system/result.hpp>

#include "base/error.h"
#include "base/result.h"
#include "cloud/model/access_key.h"
#include "sys/http/http.h"
#include "sys/loop/asio.h"

namespace fescue::cloud {

namespace json = boost::json;

struct ControlPlane;  // cloud/control_plane.h

enum class Service {
  greengrass,
  lambda,
  iot,
  iot_data,
  sts,
  iam,
  secrets_manager,
  logs,
  keys,      // our own: keys of the API
  unserved,  // any other of AWS's
};
std::string_view name_of(Service service);  // as in the AWS CLI: "iot-data"

/// An error as the service's clients expect it: HTTP status, AWS error name, sentence, and further members of the body
/// (Greengrass: "ErrorDetails"; Lambda: "Type" is added by the API server).
class ApiError {
 public:
  ApiError() = default;
  ApiError(unsigned status, std::string name, std::string message, json::object extra = {})
      : status(status), name(std::move(name)), message(std::move(message)), extra(std::move(extra)) {}
  /// Implicit, so that what stores and parsers return can be passed on. It has no name yet: the API server gives it the
  /// status and name that the service has for `code` (errors.cc).
  ApiError(const Error& error)  // NOLINT(google-explicit-constructor)
      : name(), message(error.message()), code(error.code()) {}

  unsigned status = 500;
  std::string name, message;
  json::object extra;
  Code code = Code::internal;  // counts only while `name` is empty
};

template <class T>
using ApiValue = boost::system::result<T, ApiError>;
using ApiResult = ApiValue<HttpResponse>;
[[noreturn]] void throw_exception_from_error(const ApiError& error, const boost::source_location& where);

struct Operation;

/// A verified, routed, parsed request.
struct ApiRequest {
  const Operation* operation = nullptr;  // the row that matched
  HttpRequest http;                      // body untouched, for raw payloads
  std::vector<std::string> labels;       // decoded path labels in the order of the pattern; valid UTF-8
  std::vector<std::pair<std::string, std::string>> query;  // decoded; STS, IAM: the form's fields
  json::object body;                                       // JSON services; an empty body is an empty object
  ApiAccessKey caller;                                     // whose signature it was
  std::string request_id;                                  // UUID, also in the response

  std::string query_or(std::string_view name, std::string_view fallback) const;
};

using OperationBody = Task<ApiResult>(ControlPlane& plane, ApiRequest request);
using OperationFunction = OperationBody*;

enum class BodyKind {
  json,  // parsed into ApiRequest::body
  raw,   // left alone in ApiRequest::http
};

struct Operation {
  Service service;
  std::string_view name;     // "CreateFunction", as in AWS's model
  std::string_view method;   // "POST"; for target- and query-protocol services the name alone counts
  std::string_view pattern;  // "/2015-03-31/functions/{FunctionName}/versions"
  OperationFunction run;     // null: known to AWS's model and refused by name (NotImplementedException, 400)
  BodyKind body = BodyKind::json;
};

/// Every operation of every service, built or refused by name.
std::span<const Operation> operations();

HttpResponse json_response(unsigned status, const json::value& body);
HttpResponse empty_response(unsigned status);

}  // namespace fescue::cloud
