// Taking a kept connection or making one, and the second attempt when a kept one turns out to be dead.
#include "sys/http/https_client.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kConnectTimeout{15000};
constexpr std::size_t kMaxIdle = 4;

}  // namespace

Task<Result<HttpResponse>> HttpsClient::exchange(HttpRequest request, HttpClientOptions options) {
  if (!idle_.empty()) {
    StreamPtr kept = std::move(idle_.back());
    idle_.pop_back();
    Result<HttpResponse> response = co_await attempt(std::move(kept), request, options);
    if (response || response.error().code() != Code::unavailable) co_return response;
  }
  FESCUE_CO_TRY(fresh, co_await connect_tls(host_, port_, tls_, kConnectTimeout));
  co_return co_await attempt(std::move(fresh), std::move(request), options);
}

Task<Result<HttpResponse>> HttpsClient::attempt(StreamPtr stream, HttpRequest request, HttpClientOptions options) {
  Result<HttpResponse> response = co_await http_exchange(*stream, std::move(request), options);
  const bool keep = response && !iequals(response->headers.get("Connection"), "close");
  if (keep && idle_.size() < kMaxIdle) idle_.push_back(std::move(stream));
  co_return response;
}

}  // namespace fescue
