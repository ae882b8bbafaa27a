// The token of a package's URL, how it is checked, and the answer with the package.
#include "cloud/api/lambda/artifact_download.h"

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "cloud/deployments/artifact_source.h"
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

std::string_view cause_of(unsigned status) {
  if (status == 403) return "link";
  return status == 429 ? "crowded" : "request";
}

}  // namespace

std::string artifact_location(const ControlPlane& plane, std::string_view host, const ArtifactHash& artifact) {
  const long long expiry_ms = epoch_milliseconds(plane.now() + kValid);
  return fmt::format("{}://{}{}{}{}?token={}-{}", plane.config.api_tls ? "https" : "http", host, kPrefix,
                     artifact.view(), kSuffix, expiry_ms, mac_of(plane, artifact, expiry_ms));
}

bool is_artifact_download(std::string_view path) { return path.starts_with(kPrefix); }

void ArtifactDownloads::handle(HttpExchangePtr exchange) {
  tasks_.spawn("package download", serve(std::move(exchange)));
}

Task<void> ArtifactDownloads::serve(HttpExchangePtr exchange) {
  HttpResponse response = co_await answer(std::move(exchange->request()));
  if (response.status >= 400) {
    plane_.rejections.note(ListenerName::downloads, cause_of(response.status), exchange->peer().address, response.body);
  }
  exchange->respond(std::move(response));
}

Task<HttpResponse> ArtifactDownloads::answer(HttpRequest request) {
  if (request.method != "GET") co_return text_response(405, "Only GET.\n");
  std::string_view name = request.path();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) co_return text_response(404, "No such package.\n");
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  const auto artifact = parse_artifact_hash(name);
  if (!artifact) co_return text_response(404, "No such package.\n");
  const std::string token = token_of(request);
  if (!is_valid(plane_, *artifact, token)) {
    co_return text_response(403, "The link has expired or is not valid; ask for a new one with get-function.\n");
  }
  auto place = take_place(token);
  if (!place) {
    HttpResponse busy = text_response(429, "This link is in use too often at once; try again later.\n");
    busy.headers.add("Retry-After", "5");
    co_return busy;
  }
  const ArtifactStore& store = plane_.artifacts;
  auto open = [&store, hash = *artifact] { return store.open_package(hash); };
  auto package = co_await plane_.pool.run(std::move(open));
  if (!package) co_return text_response(404, "The package is gone.\n");
  HttpResponse response = make_response(200, media_type::kZip, "");
  response.source = std::make_shared<ArtifactSource>(plane_.pool, std::move(*package), *artifact, std::move(place));
  co_return response;
}

/// Null: there is none.
std::shared_ptr<const void> ArtifactDownloads::take_place(const std::string& token) {
  std::size_t& count = (*under_way_)[token];
  if (count >= kMaxDownloadsOfLink) return nullptr;
  ++count;
  const auto free_place = [under_way = under_way_, token](const void*) {
    if (--under_way->at(token) == 0) under_way->erase(token);
  };
  return std::shared_ptr<const void>(under_way_.get(), free_place);
}

}  // namespace fescue::cloud
