// The options that say where packages named by S3Bucket and S3Key come from, alike for `up` and `cloud`.
#pragma once

#include <CLI/CLI.hpp>

namespace fescue::cli {

/// `Options` has the members of cloud::PackageOptions.
template <class Options>
void add_package_options(CLI::App& verb, Options& out) {
  CLI::Option* directory =
      verb.add_option("--package-dir", out.directory, "S3Bucket and S3Key of packages are DIR/BUCKET/KEY")
          ->type_name("DIR");
  CLI::Option* endpoint =
      verb.add_option("--s3-endpoint", out.s3_endpoint, "They are objects of this S3-compatible server")
          ->type_name("URL")
          ->excludes(directory);
  const auto add = [&](const char* name, std::string& value, const char* type, const char* text) {
    verb.add_option(name, value, text)->type_name(type)->needs(endpoint);
  };
  add("--s3-credentials", out.s3_credentials, "FILE", "AWS credentials file for it, profile default");
  add("--s3-region", out.s3_region, "REGION", "The region that its signatures name, if not --region");
  add("--s3-ca", out.s3_ca, "FILE", "CA of its certificate, if the system does not know it");
}

}  // namespace fescue::cli
