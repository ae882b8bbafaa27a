// Packages from an S3-compatible server: GetObject with path-style addresses, signed (SigV4) when there are
// credentials.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cloud/packages/package_source.h"
#include "model/core_config.h"
#include "sys/http/http.h"
#include "sys/sigv4/aws_sigv4.h"
#include "sys/tls/tls.h"

namespace fescue::cloud {

struct S3Endpoint {
  HostPort address;
  bool is_https = true;
};

/// "https://minio.example:9000", "http://127.0.0.1:9000"; no path. Error: invalid_argument.
Result<S3Endpoint> parse_s3_endpoint(std::string_view url);

struct S3Access {
  S3Endpoint endpoint;
  std::shared_ptr<TlsContext> tls;            // of an https endpoint
  std::string region;                         // for the signature
  std::optional<AwsCredentials> credentials;  // absent: requests are not signed
};

/// The request for an object. Pure.
HttpRequest get_object_request(const S3Access& access, const PackageLocation& where, WallTime now);

/// What an answer other than 200 means, from S3's XML as far as it is there. Pure.
Error get_object_refusal(const HttpResponse& response);

std::unique_ptr<PackageSource> make_s3_packages(S3Access access);

}  // namespace fescue::cloud
