// Checking an Invoke, waiting for its outcome, and Lambda's statuses, headers and errors.
#include "core/admin/invoke_operation.h"

#include <fmt/format.h>

#include "base/json_escape.h"
#include "base/random.h"
#include "core/admin/function_names.h"
#include "functions/json_check.h"
#include "model/limits.h"

namespace fescue {

namespace {

constexpr std::string_view kRetryAfterSeconds = "1";

enum class Mode { request_response, event, dry_run };

/// What the request asks for, checked.
struct Order {
  FunctionArn target;
  Mode mode = Mode::request_response;
  LogTail log_tail;
};

HttpResponse json_response(unsigned status, std::string body) {
  return make_response(status, media_type::kJson, std::move(body));
}

/// Lambda spells the member with a capital M in two of its errors (docs/compatibility/api-lambda.md#errors).
HttpResponse lambda_error(unsigned status, std::string_view type, std::string_view message) {
  const bool capital = type == "ResourceNotFoundException" || type == "ServiceException";
  HttpResponse response =
      json_response(status, fmt::format(R"({{"Type":"{}","{}":{}}})", status < 500 ? "User" : "Service",
                                        capital ? "Message" : "message", json_quote(message)));
  response.headers.add("x-amzn-ErrorType", std::string(type));
  return response;
}

HttpResponse too_many_requests(std::string_view message) {
  HttpResponse response =
      json_response(429, fmt::format(R"({{"Type":"User","Reason":"ConcurrentInvocationLimitExceeded",)"
                                     R"("retryAfterSeconds":"{}","message":{}}})",
                                     kRetryAfterSeconds, json_quote(message)));
  response.headers.add("x-amzn-ErrorType", "TooManyRequestsException");
  response.headers.add("Retry-After", std::string(kRetryAfterSeconds));
  return response;
}

/// A name that does not lead to a function.
HttpResponse refusal_of_name(const Error& error) {
  if (error.code() == Code::not_found) return lambda_error(404, "ResourceNotFoundException", error.message());
  return lambda_error(400, "InvalidParameterValueException", error.message());
}

/// A function that does not take the invocation.
HttpResponse refusal_of_work(const Error& error) {
  switch (error.code()) {
    case Code::not_found:
      return lambda_error(404, "ResourceNotFoundException", error.message());
    case Code::resource_exhausted:
      return too_many_requests(error.message());
    case Code::invalid_argument:
      return lambda_error(400, "InvalidRequestContentException",
                          "Could not parse request body into json: " + error.message());
    case Code::too_large:
      return lambda_error(413, "RequestTooLargeException", error.message());
    default:
      return lambda_error(500, "ServiceException", error.message());
  }
}

HttpResponse bad_value(std::string_view header, std::string_view value, std::string_view allowed) {
  return lambda_error(400, "InvalidParameterValueException",
                      fmt::format("{} is \"{}\"; it must be one of {}", header, value.substr(0, 100), allowed));
}

bool is_client_context(std::string_view text) {
  const auto decoded = base64_decode(text);
  return decoded && is_json_object(*decoded);
}

/// The order, or the answer that refuses it.
boost::system::result<Order, HttpResponse> check(const LambdaInvoke& request,
                                                 const std::vector<FunctionArn>& deployed) {
  Order order;
  const std::string& type = request.invocation_type;
  if (type == "Event") {
    order.mode = Mode::event;
  } else if (type == "DryRun") {
    order.mode = Mode::dry_run;
  } else if (!type.empty() && type != "RequestResponse") {
    return bad_value("X-Amz-Invocation-Type", type, "RequestResponse, Event, DryRun");
  }
  order.log_tail = LogTail(request.log_type == "Tail");
  if (!order.log_tail && !request.log_type.empty() && request.log_type != "None") {
    return bad_value("X-Amz-Log-Type", request.log_type, "None, Tail");
  }
  if (request.client_context.size() > kMaxClientContext) {
    return lambda_error(400, "InvalidParameterValueException",
                        fmt::format("The client context is longer than {} bytes.", kMaxClientContext));
  }
  if (!request.client_context.empty() && !is_client_context(request.client_context)) {
    return lambda_error(400, "InvalidRequestContentException",
                        "Client context must be a valid Base64-encoded JSON object.");
  }
  auto target = resolve_function(request.function, request.qualifier, deployed);
  if (!target) return refusal_of_name(target.error());
  order.target = std::move(*target);
  return order;
}

HttpResponse result_response(const InvocationResult& result, std::string_view version, LogTail log_tail) {
  HttpResponse response = json_response(200, std::string(result.payload.view()));
  response.headers.add("X-Amz-Executed-Version", std::string(version));
  if (result.error != FunctionError::none) {
    response.headers.add("X-Amz-Function-Error", std::string(name_of(result.error)));
  }
  if (log_tail) response.headers.add("X-Amz-Log-Result", base64_encode(result.log_tail));
  return response;
}

HttpResponse empty_response(unsigned status, const FunctionArn& function) {
  HttpResponse response;
  response.status = status;
  if (status == 204) response.headers.add("X-Amz-Executed-Version", std::string(function.qualifier()));
  return response;
}

}  // namespace

std::optional<LambdaInvoke> take_lambda_invoke(HttpRequest& request) {
  const auto segments = path_segments(request.path());
  const auto query = parse_query(request.query());
  if (!segments || !query || segments->size() != 4) return std::nullopt;
  if ((*segments)[0] != "2015-03-31" || (*segments)[1] != "functions" || (*segments)[3] != "invocations") {
    return std::nullopt;
  }
  LambdaInvoke out;
  out.function = (*segments)[2];
  for (const auto& [name, value] : *query) {
    if (name == "Qualifier") out.qualifier = value;
  }
  out.invocation_type = request.headers.get("X-Amz-Invocation-Type");
  out.log_type = request.headers.get("X-Amz-Log-Type");
  out.client_context = request.headers.get("X-Amz-Client-Context");
  out.payload = std::move(request.body);
  return out;
}

void invoke_lambda(Invoker& functions, const std::vector<FunctionArn>& deployed, LambdaInvoke request,
                   LambdaAnswer answer) {
  const auto order = check(request, deployed);
  if (!order) return answer(order.error());
  const FunctionArn function = order->target;
  if (order->mode == Mode::dry_run) return answer(empty_response(204, function));

  const bool waits = order->mode == Mode::request_response;
  Invocation invocation;
  invocation.id = InvocationId(random_uuid());
  invocation.target = function;
  invocation.type = waits ? InvocationType::request_response : InvocationType::event;
  invocation.client_context = std::move(request.client_context);
  invocation.payload = Payload(std::move(request.payload));
  invocation.log_tail = LogTail(waits && order->log_tail);

  ResultHandler done;
  if (waits) {
    done = [answer, version = std::string(function.qualifier()), tail = order->log_tail](InvocationResult result) {
      answer(result_response(result, version, tail));
    };
  }
  const auto taken = functions.submit(std::move(invocation), std::move(done));
  if (!taken) return answer(refusal_of_work(taken.error()));
  if (!waits) answer(empty_response(202, function));
}

}  // namespace fescue
