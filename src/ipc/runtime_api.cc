// The Lambda Runtime API's routes, headers and errors, on the same WorkerGateway as the local API.
#include "ipc/runtime_api.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "ipc/answers.h"
#include "ipc/work_poll.h"

namespace fescue {

namespace json = boost::json;

namespace {

constexpr std::string_view kRoot = "/2018-06-01/runtime/";
constexpr std::string_view kInvocations = "invocation/";
constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kMaxFailureBytes = 4096;  // of what people read about a failed start

RuntimeRefused no_resource() { return {404, "InvalidPath", "no such path"}; }
RuntimeRefused wrong_method() { return {405, "InvalidMethod", "the resource has another method"}; }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestId &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '%'; });
}

/// "ID/response", "ID/error"
RuntimeCall route_outcome(std::string_view rest, bool is_post) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return no_resource();
  const std::string_view id = rest.substr(0, slash), what = rest.substr(slash + 1);
  if (what != "response" && what != "error") return no_resource();
  if (!is_post) return wrong_method();
  if (!is_id(id)) return RuntimeRefused{400, "InvalidRequestID", "the request id is malformed"};
  if (what == "response") return RuntimeResponseCall{InvocationId(std::string(id))};
  return RuntimeErrorCall{InvocationId(std::string(id))};
}

void answer(HttpExchange& exchange, unsigned status, const json::object& body) {
  answer_json(exchange, status, json::serialize(body));
}

void answer_ok(HttpExchange& exchange) { answer(exchange, 202, {{"status", "OK"}}); }

/// As X-Ray writes them; nothing here is traced, but runtimes pass it on.
std::string new_trace_id() {
  return fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0",
                     static_cast<std::uint32_t>(epoch_milliseconds(wall_now()) / 1000), hex_encode(random_bytes(12)),
                     hex_encode(random_bytes(8)));
}

HttpResponse render(const CustomWorker& worker, const WorkItem& item) {
  HttpResponse response = make_response(200, media_type::kJson, std::string(item.payload.view()));
  response.headers.add("Lambda-Runtime-Aws-Request-Id", item.id.str());
  response.headers.add("Lambda-Runtime-Deadline-Ms", std::to_string(epoch_milliseconds(wall_now() + worker.timeout)));
  response.headers.add("Lambda-Runtime-Invoked-Function-Arn", worker.function.str());
  response.headers.add("Lambda-Runtime-Trace-Id", new_trace_id());
  if (std::string context = context_header(item.client_context); !context.empty()) {
    response.headers.add("Lambda-Runtime-Client-Context", std::move(context));
  }
  return response;
}

/// The next code point of sound UTF-8, taken from `text`.
std::uint32_t take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return code;
}

/// "TYPE: message" of {"errorMessage", "errorType"}, as well as it can be told.
std::string failure_text(const HttpRequest& request) {
  boost::system::error_code failure;
  const json::value body = json::parse(request.body, failure);
  const json::object* fields = failure ? nullptr : body.if_object();
  const auto field = [&](std::string_view name) -> std::string {
    const json::value* value = fields ? fields->if_contains(name) : nullptr;
    return value && value->is_string() ? std::string(value->get_string()) : "";
  };
  std::string type = field("errorType"), message = field("errorMessage");
  if (type.empty()) type = request.headers.get("Lambda-Runtime-Function-Error-Type");
  if (message.empty()) message = "the runtime could not be initialized";
  return (type.empty() ? message : type + ": " + message).substr(0, kMaxFailureBytes);
}

}  // namespace

RuntimeCall route_runtime_api(const HttpRequest& request) {
  std::string_view path = request.path();
  if (!path.starts_with(kRoot)) return no_resource();
  path.remove_prefix(kRoot.size());
  const bool is_post = request.method == "POST";
  if (path == "init/error") return is_post ? RuntimeCall(RuntimeInitErrorCall{}) : wrong_method();
  if (!path.starts_with(kInvocations)) return no_resource();
  path.remove_prefix(kInvocations.size());
  if (path == "next") return request.method == "GET" ? RuntimeCall(RuntimeNextCall{}) : wrong_method();
  return route_outcome(path, is_post);
}

std::string context_header(std::string_view base64) {
  const auto text = base64_decode(base64);
  if (!text || text->empty()) return "";
  boost::system::error_code failure;
  const json::value context = json::parse(*text, failure);
  if (failure || !context.is_object()) return "";
  const std::string one_line = json::serialize(context);
  std::string out;
  for (std::string_view rest = one_line; !rest.empty();) {
    const std::uint32_t code = take_code_point(rest);
    if (code < 0x7f) {  // a header has no DEL
      out += static_cast<char>(code);
    } else if (code < 0x10000) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
  }
  return out;
}

void RuntimeApi::handle(HttpExchangePtr exchange) {
  RuntimeCall call = route_runtime_api(exchange->request());
  std::visit([&](auto& parsed) { serve(std::move(parsed), exchange); }, call);
}

void RuntimeApi::serve(RuntimeNextCall, HttpExchangePtr exchange) {
  give_next_work(workers_, worker_.id, std::move(exchange),
                 [worker = worker_](const WorkItem& item) { return render(worker, item); });
}

void RuntimeApi::serve(RuntimeResponseCall call, HttpExchangePtr exchange) {
  post(call.id, {FunctionError::none, Payload(std::move(exchange->request().body))}, *exchange);
}

void RuntimeApi::serve(RuntimeErrorCall call, HttpExchangePtr exchange) {
  HttpRequest& request = exchange->request();
  if (!request.body.empty()) {
    return post(call.id, {FunctionError::handled, Payload(std::move(request.body))}, *exchange);
  }
  post(call.id, failed_result(FunctionError::handled, failure_text(request)), *exchange);
}

void RuntimeApi::serve(RuntimeInitErrorCall, HttpExchangePtr exchange) {
  workers_.post_initialized(worker_.id, failure_text(exchange->request()));
  answer_ok(*exchange);
}

void RuntimeApi::serve(RuntimeRefused call, HttpExchangePtr exchange) {
  answer(*exchange, call.status, {{"errorMessage", call.message}, {"errorType", call.type}});
}

void RuntimeApi::post(const InvocationId& id, InvocationResult result, HttpExchange& exchange) {
  const auto taken = workers_.post_result(worker_.id, id, std::move(result));
  if (taken) return answer_ok(exchange);
  const bool unknown = taken.error().code() == Code::not_found;
  answer(exchange, unknown ? 400 : http_status(taken.error().code()),
         {{"errorMessage", taken.error().message()}, {"errorType", unknown ? "InvalidRequestID" : "RuntimeError"}});
}

}  // namespace fescue
