// GetObject: the request, the exchange, and the error in an answer.
#include "cloud/packages/s3_packages.h"

#include <fmt/format.h>

#include "model/limits.h"
#include "sys/http/http_client.h"
#include "sys/net/connect.h"

namespace fescue::cloud {

namespace {

constexpr std::chrono::milliseconds kConnectTimeout{15000};
constexpr std::chrono::milliseconds kExchangeTimeout{300000};

/// Slashes stay, as S3 has them.
std::string encoded_key(std::string_view key) {
  std::string out;
  while (true) {
    const std::size_t slash = key.find('/');
    out += percent_encode(key.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    out += '/';
    key.remove_prefix(slash + 1);
  }
}

/// The text between <name> and </name>; empty when there is none.
std::string_view element(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name), close = fmt::format("</{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = xml.find(close, begin);
  if (end == std::string_view::npos) return {};
  return xml.substr(begin + open.size(), end - begin - open.size());
}

std::string host_of(const S3Endpoint& endpoint) {
  const bool is_usual = endpoint.address.port == (endpoint.is_https ? 443 : 80);
  return is_usual ? endpoint.address.host : endpoint.address.str();
}

class S3Packages final : public PackageSource {
 public:
  explicit S3Packages(S3Access access) : access_(std::move(access)) {}

  Task<Result<std::string>> fetch(PackageLocation where) override {
    const HostPort& address = access_.endpoint.address;
    const std::string what = fmt::format("S3 at {}", address.str());
    auto stream = co_await connect();
    if (!stream) co_return get_object_error("ServiceUnavailable", stream.error().in(what).message());
    HttpRequest request = get_object_request(access_, where, wall_now());
    HttpClientOptions options;
    options.timeout = kExchangeTimeout;
    options.max_body_bytes = kMaxUnpackedPackageBytes;
    auto response = co_await http_exchange(**stream, std::move(request), options);
    if (!response) {
      const bool is_large = response.error().code() == Code::too_large;
      co_return is_large
          ? Error(Code::invalid_argument, fmt::format("The package has more than {} bytes.", kMaxUnpackedPackageBytes))
          : get_object_error("ServiceUnavailable", response.error().in(what).message());
    }
    if (response->status != 200) co_return get_object_refusal(*response);
    co_return std::move(response->body);
  }

 private:
  Task<Result<StreamPtr>> connect() {
    const HostPort& address = access_.endpoint.address;
    if (!access_.endpoint.is_https) co_return co_await connect_tcp(address.host, address.port, kConnectTimeout);
    co_return co_await connect_tls(address.host, address.port, access_.tls, kConnectTimeout);
  }

  S3Access access_;
};

}  // namespace

Result<S3Endpoint> parse_s3_endpoint(std::string_view url) {
  const auto bad = [url] {
    return Error(Code::invalid_argument,
                 fmt::format("\"{}\" is not the URL of an S3 endpoint (as in https://s3.example:9000)", url));
  };
  S3Endpoint out;
  constexpr std::pair<std::string_view, bool> kSchemes[] = {{"https://", true}, {"http://", false}};
  for (const auto& [scheme, is_https] : kSchemes) {
    if (!url.starts_with(scheme)) continue;
    out.is_https = is_https;
    std::string address(url.substr(scheme.size()));
    if (address.ends_with('/')) address.pop_back();
    if (address.empty() || address.find_first_of("/?#@") != std::string::npos) return bad();
    const bool has_port = address.find(':', address.starts_with('[') ? address.find(']') : 0) != std::string::npos;
    if (!has_port) address += is_https ? ":443" : ":80";
    auto parsed = parse_host_port(address);
    if (!parsed || parsed->port == 0) return bad();
    out.address = std::move(*parsed);
    return out;
  }
  return bad();
}

HttpRequest get_object_request(const S3Access& access, const PackageLocation& where, WallTime now) {
  HttpRequest request;
  request.method = "GET";
  request.target = fmt::format("/{}/{}", percent_encode(where.bucket), encoded_key(where.key));
  if (!where.version.empty()) request.target += "?versionId=" + percent_encode(where.version);
  request.headers.add("Host", host_of(access.endpoint));
  if (access.credentials) sign_sigv4(request, *access.credentials, access.region, "s3", now);
  return request;
}

Error get_object_refusal(const HttpResponse& response) {
  const std::string_view code = element(response.body, "Code"), message = element(response.body, "Message");
  if (!code.empty()) return get_object_error(code, message);
  return get_object_error(response.status == 404 ? "NoSuchKey" : "InternalError",
                          fmt::format("the server answered {} {}", response.status, http_reason(response.status)));
}

std::unique_ptr<PackageSource> make_s3_packages(S3Access access) {
  return std::make_unique<S3Packages>(std::move(access));
}

}  // namespace fescue::cloud
