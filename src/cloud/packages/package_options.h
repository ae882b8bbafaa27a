// What the owner says of where packages come from, and opening it while the process may still be root: the directory,
// the credentials and the CA may be readable by root alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/fd.h"
#include "cloud/packages/package_source.h"
#include "cloud/packages/s3_packages.h"
#include "sys/loop/blocking_pool.h"

namespace fescue::cloud {

/// At most one of `directory` and `s3_endpoint`.
struct PackageOptions {
  std::string directory;       // or file://DIR
  std::string s3_endpoint;     // a URL
  std::string s3_credentials;  // a shared-credentials file, profile default; empty: requests are not signed
  std::string s3_region;       // of the signature; empty: the instance's own
  std::string s3_ca;           // who an https endpoint's certificate chains to; empty: the system's CAs
};

struct PackageAccess {
  Fd directory;
  std::optional<S3Access> s3;
};

/// Errors name the option.
Result<PackageAccess> open_packages(const PackageOptions& options, const std::string& region);

/// Null when there is none.
std::unique_ptr<PackageSource> make_package_source(PackageAccess access, BlockingPool& pool);

}  // namespace fescue::cloud
