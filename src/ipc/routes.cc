// From method, path and headers to an IpcCall, in two families: functions/ARN and the fixed paths.
#include "ipc/routes.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxIdBytes = 128;

Refused bad_request(std::string message) { return {400, std::move(message)}; }

Refused not_found() { return {404, "no such path"}; }

Refused method_not_allowed(std::string_view method, std::string_view allow) {
  return {405, fmt::format("method {} is not one of: {}", method.substr(0, 20), allow), std::string(allow)};
}

/// The function of a path segment, escaped or not.
Result<FunctionArn> parse_segment(std::string_view segment) {
  if (segment.find('%') == std::string_view::npos) return FunctionArn::parse(segment);
  FESCUE_TRY(decoded, percent_decode(segment));
  return FunctionArn::parse(decoded);
}

/// The id that the request names, or what is wrong with it.
Result<InvocationId> invocation_id(const HttpRequest& request) {
  const std::string_view id = request.headers.get("X-Amz-InvocationId");
  const bool printable = std::ranges::all_of(id, [](char c) { return c > ' ' && c < '\x7f'; });
  if (id.empty() || id.size() > kMaxIdBytes || !printable) {
    return Error(Code::invalid_argument, "the X-Amz-InvocationId header is missing or malformed");
  }
  return InvocationId(std::string(id));
}

IpcCall route_submit(const HttpRequest& request, FunctionArn target) {
  SubmitCall call;
  const std::string_view type = request.headers.get("X-Amz-Invocation-Type");
  if (type == "Event") {
    call.type = InvocationType::event;
  } else if (!type.empty() && type != "RequestResponse") {
    return bad_request("X-Amz-Invocation-Type must be Event or RequestResponse");
  }
  const std::string_view context = request.headers.get("X-Amz-Client-Context");
  if (!base64_decode(context)) return bad_request("X-Amz-Client-Context is not valid base64");
  call.client_context = context;
  call.target = target.is_system() ? target.unqualified() : std::move(target);
  return call;
}

IpcCall route_fetch_result(const HttpRequest& request) {
  auto id = invocation_id(request);
  if (!id) return bad_request(id.error().message());
  return FetchResultCall{std::move(*id)};
}

ThenNext wants_next(const HttpRequest& request) { return ThenNext(request.headers.get("Fescue-Next") == "1"); }

IpcCall route_work_done(const HttpRequest& request, FunctionArn function) {
  auto id = invocation_id(request);
  if (!id) return bad_request(id.error().message());
  WorkDoneCall call{std::move(function), std::move(*id), FunctionError::none, ThenNext::no};
  const std::string_view error = request.headers.get("X-Amz-Function-Error");
  if (error == "Handled") {
    call.error = FunctionError::handled;
  } else if (error == "Unhandled") {
    call.error = FunctionError::unhandled;
  } else if (!error.empty()) {
    return bad_request("X-Amz-Function-Error must be empty, Handled or Unhandled");
  }
  call.then_next = wants_next(request);
  return call;
}

/// `rest` is what follows "functions/": an ARN, and perhaps what is wanted of it.
IpcCall route_function(const HttpRequest& request, std::string_view rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view tail = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  auto function = parse_segment(rest.substr(0, slash));
  if (!function) return bad_request(function.error().message());
  const std::string_view method = request.method;
  if (tail.empty()) {
    if (method == "POST") return route_submit(request, std::move(*function));
    if (method == "GET") return route_fetch_result(request);
    return method_not_allowed(method, "GET, POST");
  }
  if (tail == "work") {
    if (method == "GET") return NextWorkCall{std::move(*function)};
    if (method == "POST") return route_work_done(request, std::move(*function));
    return method_not_allowed(method, "GET, POST");
  }
  if (tail == "initialized") {
    if (method == "PUT") return InitializedCall{std::move(*function), wants_next(request)};
    return method_not_allowed(method, "PUT");
  }
  return not_found();
}

IpcCall route_fixed(const HttpRequest& request, std::string_view path) {
  const std::string_view method = request.method;
  if (path == "health/workers") {
    if (method == "GET") return AllWorkersCall{};
    if (method == "POST") return SomeWorkersCall{};
    return method_not_allowed(method, "GET, POST");
  }
  if (path == "credentialprovider") {
    if (method == "GET") return CredentialsCall{};
    return method_not_allowed(method, "GET");
  }
  if (path == "cloudwatch/logs") {
    if (method == "POST") return LegacyLogCall{};
    return method_not_allowed(method, "POST");
  }
  return not_found();
}

}  // namespace

bool is_ipc_target(std::string_view target) { return target.starts_with(kIpcBase); }

IpcCall route_ipc(const HttpRequest& request) {
  std::string_view path = request.path();
  if (!is_ipc_target(path)) return not_found();
  path.remove_prefix(kIpcBase.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  constexpr std::string_view kFunctions = "functions/";
  if (path.starts_with(kFunctions)) return route_function(request, path.substr(kFunctions.size()));
  return route_fixed(request, path);
}

}  // namespace fescue
