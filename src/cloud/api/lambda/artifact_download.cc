// The token of a package's URL, how it is checked, and the answer with the package, read on the pool.
#include "cloud/api/lambda/artifact_download.h"

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "cloud/store/artifact_store.h"

namespace fescue::cloud {

namespace {

constexpr std::string_view kPrefix = "/_artifacts/lambda/";
constexpr std::string_view kSuffix = ".zip";
constexpr std::chrono::minutes kValid{10};

std::string mac_of(const ControlPlane& plane, const ArtifactHash& artifact, long long expiry_ms) {
  return hex_encode(hmac_sha256(plane.artifacts.token_key(), fmt::format("{} {}", artifact.str(), expiry_ms)));
}

std::string token_of(const HttpRequest& request) {
  const auto query = parse_query(request.query());
  if (!query) return {};
  for (const auto& [name, value] : *query) {
    if (name == "token") return value;
  }
  return {};
}

bool is_valid(const ControlPlane& plane, const ArtifactHash& artifact, std::string_view token) {
  const std::size_t dash = token.find('-');
  if (dash == std::string_view::npos) return false;
  const auto expiry_ms = parse_number<long long>(token.substr(0, dash));
  return expiry_ms && equal_in_constant_time(token.substr(dash + 1), mac_of(plane, artifact, *expiry_ms)) &&
         epoch_milliseconds(plane.now()) <= *expiry_ms;
}

HttpResponse text_response(unsigned status, std::string_view text) {
  return make_response(status, "text/plain", std::string(text));
}

Task<void> serve(ControlPlane& plane, HttpExchangePtr exchange) {
  HttpResponse response = co_await download_artifact(plane, std::move(exchange->request()));
  if (response.status >= 400) {
    plane.rejections.note(ListenerName::downloads, response.status == 403 ? "link" : "request",
                          exchange->peer().address, response.body);
  }
  exchange->respond(std::move(response));
}

}  // namespace

std::string artifact_location(const ControlPlane& plane, std::string_view host, const ArtifactHash& artifact) {
  const long long expiry_ms = epoch_milliseconds(plane.now() + kValid);
  return fmt::format("{}://{}{}{}{}?token={}-{}", plane.config.api_tls ? "https" : "http", host, kPrefix,
                     artifact.view(), kSuffix, expiry_ms, mac_of(plane, artifact, expiry_ms));
}

bool is_artifact_download(std::string_view path) { return path.starts_with(kPrefix); }

Task<HttpResponse> download_artifact(ControlPlane& plane, HttpRequest request) {
  if (request.method != "GET") co_return text_response(405, "Only GET.\n");
  std::string_view name = request.path();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) co_return text_response(404, "No such package.\n");
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  const auto artifact = parse_artifact_hash(name);
  if (!artifact) co_return text_response(404, "No such package.\n");
  if (!is_valid(plane, *artifact, token_of(request))) {
    co_return text_response(403, "The link has expired or is not valid; ask for a new one with get-function.\n");
  }
  const ArtifactStore& store = plane.artifacts;
  auto work = [&store, hash = *artifact] { return store.read(hash); };
  auto zip = co_await plane.pool.run(std::move(work));
  if (!zip) co_return text_response(404, "The package is gone.\n");
  co_return make_response(200, media_type::kZip, std::move(*zip));
}

void serve_artifact_download(ControlPlane& plane, TaskGroup& tasks, HttpExchangePtr exchange) {
  tasks.spawn("package download", serve(plane, std::move(exchange)));
}

}  // namespace fescue::cloud
