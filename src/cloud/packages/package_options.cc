// Reading the files that the options name.
#include "cloud/packages/package_options.h"

#include <fcntl.h>

#include "cloud/packages/directory_packages.h"
#include "model/aws_credentials.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

namespace {

constexpr std::string_view kFileScheme = "file://";
constexpr const char* kSystemCa = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kMaxCredentials = 64 * 1024;
constexpr std::size_t kMaxCa = 4 * 1024 * 1024;

Result<Fd> open_directory(std::string path) {
  if (path.starts_with(kFileScheme)) path.erase(0, kFileScheme.size());
  Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno_error("--package-dir " + path);
  return directory;
}

Result<S3Access> open_s3(const PackageOptions& options, const std::string& region) {
  S3Access out;
  auto endpoint = parse_s3_endpoint(options.s3_endpoint);
  if (!endpoint) return endpoint.error().in("--s3-endpoint");
  out.endpoint = std::move(*endpoint);
  out.region = options.s3_region.empty() ? region : options.s3_region;
  if (!options.s3_credentials.empty()) {
    const auto text = real_file_system().read(options.s3_credentials, kMaxCredentials);
    if (!text) return text.error().in("--s3-credentials");
    const auto key = parse_credentials_file(*text);
    if (!key) return key.error().in("--s3-credentials");
    out.credentials = AwsCredentials{key->id, key->secret};
  }
  if (!out.endpoint.is_https) return out;
  const auto ca = real_file_system().read(options.s3_ca.empty() ? kSystemCa : options.s3_ca, kMaxCa);
  if (!ca) return ca.error().in("--s3-ca");
  auto tls = make_tls_client({}, *ca);
  if (!tls) return tls.error().in("--s3-ca");
  out.tls = std::move(*tls);
  return out;
}

}  // namespace

Result<PackageAccess> open_packages(const PackageOptions& options, const std::string& region) {
  PackageAccess out;
  if (!options.directory.empty()) {
    FESCUE_TRY(directory, open_directory(options.directory));
    out.directory = std::move(directory);
  }
  if (!options.s3_endpoint.empty()) {
    FESCUE_TRY(s3, open_s3(options, region));
    out.s3 = std::move(s3);
  }
  return out;
}

std::unique_ptr<PackageSource> make_package_source(PackageAccess access, BlockingPool& pool) {
  if (access.s3) return make_s3_packages(std::move(*access.s3));
  if (access.directory) return make_directory_packages(std::move(access.directory), pool);
  return nullptr;
}

}  // namespace fescue::cloud
