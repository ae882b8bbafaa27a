// One connection to the API, and its refusals in words.
#include "cli/api_client.h"

#include <fmt/format.h>

#include "model/json_reader.h"
#include "sys/http/http_client.h"
#include "sys/net/connect.h"
#include "sys/sigv4/aws_sigv4.h"
#include "sys/tls/tls.h"

namespace fescue::cli {

namespace {

constexpr std::chrono::seconds kApiTimeout{5};

Task<Result<StreamPtr>> connect_stream(ApiAddress api, std::string ca_pem) {
  if (!api.tls) co_return co_await connect_tcp(api.address.host, api.address.port, kApiTimeout);
  FESCUE_CO_TRY(tls, make_tls_client({}, ca_pem));
  co_return co_await connect_tls(api.address.host, api.address.port, tls, kApiTimeout);
}

Code code_of(unsigned status) {
  switch (status) {
    case 403:
      return Code::permission_denied;
    case 404:
      return Code::not_found;
    case 409:
      return Code::already_exists;
    default:
      return Code::internal;
  }
}

/// The answer's own sentence; where it has none, `what` was answered what.
std::string refusal_of(const std::string& what, const HttpResponse& response) {
  const auto document = parse_json(response.body);
  if (document && document->is_object()) {
    const auto message = JsonReader(*document, "").string("message");
    if (message) return *message;
  }
  return fmt::format("{} was answered {}: {}", what, response.status, response.body);
}

}  // namespace

Result<ApiAddress> parse_api_address(std::string_view url) {
  ApiAddress api;
  api.tls = url.starts_with("https://");
  if (!api.tls && !url.starts_with("http://")) {
    return Error(Code::invalid_argument, fmt::format("\"{}\" is not http://host:port or https://host:port", url));
  }
  FESCUE_TRY(address, parse_host_port(url.substr(api.tls ? 8 : 7)));
  api.address = std::move(address);
  return api;
}

Task<Result<ApiClient>> ApiClient::connect(ApiAddress api, std::string ca_pem, AccessKey key, std::string region) {
  FESCUE_CO_TRY(stream, co_await connect_stream(api, std::move(ca_pem)));
  co_return ApiClient(std::move(stream), std::move(api.address), std::move(key), std::move(region));
}

Task<Result<boost::json::value>> ApiClient::call(std::string service, HttpRequest request) {
  request.headers.add("Host", api_.str());
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  const std::string what = request.method + " " + request.target;
  sign_sigv4(request, {key_.id, key_.secret}, region_, service, wall_now());
  FESCUE_CO_TRY(response, co_await http_exchange(*stream_, std::move(request)));
  if (response.status / 100 != 2) {
    co_return Error(code_of(response.status), refusal_of(what, response));
  }
  if (response.body.empty()) co_return Result<boost::json::value>(boost::json::object());
  co_return parse_json(response.body);
}

}  // namespace fescue::cli
