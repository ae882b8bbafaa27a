// CoreApi over HTTPS: the paths of docs/core-protocol.md, their headers and what each status means.

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/parse_number.h"
#include "deploy/core_api.h"
#include "deploy/staging.h"
#include "sys/http/https_client.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kExchangeTimeout{60000};
constexpr std::size_t kMaxQuotedBody = 200;

Code code_of(unsigned status) {
  if (status == 404 || status == 410) return Code::not_found;
  if (status == 401 || status == 403) return Code::permission_denied;
  if (status == 408 || status == 429 || status >= 500) return Code::unavailable;
  return Code::internal;
}

Error refusal(const HttpResponse& response, const std::string& target) {
  return Error(code_of(response.status),
               fmt::format("the control plane answered {} {} to GET {}: {}", response.status,
                           http_reason(response.status), target, response.body.substr(0, kMaxQuotedBody)));
}

Result<std::string> decoded_header(const HttpResponse& response, std::string_view name) {
  auto decoded = base64_decode(response.headers.get(name));
  if (!decoded || decoded->empty()) {
    return Error(Code::invalid_argument, fmt::format("the {} header of the document is missing or malformed", name));
  }
  return decoded;
}

/// "bytes 0-1023/4096": the number after the slash, if the range begins at `offset`.
Result<std::uint64_t> total_of(std::string_view content_range, std::uint64_t offset) {
  const std::string prefix = fmt::format("bytes {}-", offset);
  const std::size_t slash = content_range.find('/');
  if (content_range.starts_with(prefix) && slash != std::string_view::npos) {
    if (const auto total = parse_number<std::uint64_t>(content_range.substr(slash + 1))) return *total;
  }
  return Error(Code::internal,
               fmt::format("the control plane sent Content-Range \"{}\"", content_range.substr(0, 100)));
}

class HttpsCoreApi final : public CoreApi {
 public:
  HttpsCoreApi(HostPort address, std::shared_ptr<TlsContext> tls)
      : client_(std::move(address.host), address.port, std::move(tls)) {}

  Task<Result<SignedDocument>> document(DeploymentId deployment) override {
    HttpRequest request;
    request.target = "/core/v1/deployments/" + percent_encode(deployment.view());
    FESCUE_CO_TRY(response, co_await get(request, kMaxDocumentBytes));
    if (response.status != 200) co_return refusal(response, request.target);
    FESCUE_CO_TRY(signature, decoded_header(response, "Fescue-Signature"));
    FESCUE_CO_TRY(certificate, decoded_header(response, "Fescue-Signing-Certificate"));
    co_return SignedDocument{std::move(response.body), std::move(signature), std::move(certificate)};
  }

  Task<Result<ArtifactPiece>> artifact(ArtifactHash hash, std::uint64_t offset, std::size_t bytes) override {
    HttpRequest request;
    request.target = "/core/v1/artifacts/" + percent_encode(hash.view());
    request.headers.add("Range", fmt::format("bytes={}-{}", offset, offset + bytes - 1));
    FESCUE_CO_TRY(response, co_await get(request, bytes));
    if (response.status != 206) co_return refusal(response, request.target);
    FESCUE_CO_TRY(total, total_of(response.headers.get("Content-Range"), offset));
    co_return ArtifactPiece{std::move(response.body), total};
  }

 private:
  Task<Result<HttpResponse>> get(HttpRequest request, std::size_t max_body) {
    request.method = "GET";
    HttpClientOptions options;
    options.timeout = kExchangeTimeout;
    options.max_body_bytes = max_body;
    co_return co_await client_.exchange(std::move(request), options);
  }

  HttpsClient client_;
};

}  // namespace

std::unique_ptr<CoreApi> make_https_core_api(HostPort address, std::shared_ptr<TlsContext> tls) {
  return std::make_unique<HttpsCoreApi>(std::move(address), std::move(tls));
}

}  // namespace fescue
