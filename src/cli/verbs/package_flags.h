// The options that say where packages named by S3Bucket and S3Key come from, alike for `up` and `cloud`.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cloud/packages/package_options.h"

namespace fescue::cli {

/// `Options` has the members of cloud::PackageOptions.
template <class Options>
void add_package_options(CLI::App& verb, Options& out) {
  const CLI::Validator something([](const std::string& text) { return text.empty() ? "it is empty" : ""; }, "");
  CLI::Option* directory =
      verb.add_option("--package-dir", out.directory, "S3Bucket and S3Key of packages are DIR/BUCKET/KEY")
          ->check(something)
          ->type_name("DIR");
  CLI::Option* endpoint =
      verb.add_option("--s3-endpoint", out.s3_endpoint, "They are objects of this S3-compatible server")
          ->check(something)
          ->type_name("URL")
          ->excludes(directory);
  const auto add = [&](const char* name, std::string& value, const char* type, const char* text) {
    verb.add_option(name, value, text)->check(something)->type_name(type)->needs(endpoint);
  };
  add("--s3-credentials", out.s3_credentials, "FILE", "AWS credentials file for it, profile default");
  add("--s3-region", out.s3_region, "REGION", "The region that its signatures name, if not --region");
  add("--s3-ca", out.s3_ca, "FILE", "CA of its certificate, if the system does not know it");
}

/// Whether what they name is there and what it is to be; a wrong command line is refused before anything starts.
template <class Options>
Result<void> check_package_options(const Options& options, const std::string& region) {
  FESCUE_CHECK(cloud::open_packages(
      {options.directory, options.s3_endpoint, options.s3_credentials, options.s3_region, options.s3_ca}, region));
  return ok();
}

}  // namespace fescue::cli
