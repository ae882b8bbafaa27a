// The service by scope, target, form or path; the form of its errors by the service, or by the request.
#include "cloud/api/framework/addressee.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "sys/sigv4/aws_sigv4.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxNameBytes = 64;  // clients make it up

bool starts_with_any(std::string_view path, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return path.starts_with(p); });
}

constexpr std::array<std::string_view, 4> kDataPrefixes = {"/topics", "/api/things/shadow/", "/retainedMessage",
                                                           "/connections/"};

bool is_data_path(std::string_view path) {
  if (starts_with_any(path, kDataPrefixes)) return true;
  return path.starts_with("/things/") && path.ends_with("/shadow");
}

/// "/2015-03-31/...": all of Lambda's paths, and no other's.
bool is_lambda_path(std::string_view path) {
  constexpr std::string_view kPattern = "/dddd-dd-dd/";
  if (path.size() < kPattern.size()) return false;
  return std::equal(kPattern.begin(), kPattern.end(), path.begin(),
                    [](char want, char c) { return want == 'd' ? is_digit(c) : want == c; });
}

Service service_of_scope(std::string_view name, std::string_view path) {
  // The second version of Greengrass is signed as the first.
  if (name == "greengrass") return path.starts_with("/greengrass/v2/") ? Service::unserved : Service::greengrass;
  if (name == "lambda") return Service::lambda;
  if (name == "sts") return Service::sts;
  if (name == "iam") return Service::iam;
  if (name == "secretsmanager") return Service::secrets_manager;
  if (name == "logs") return Service::logs;
  if (name == "fescue") return Service::keys;
  // botocore 1.29 signs the registry as `execute-api`; mixing up iot and iotdata is forgiven.
  if (name == "iot" || name == "execute-api" || name == "iotdata") {
    return is_data_path(path) ? Service::iot_data : Service::iot;
  }
  return Service::unserved;
}

Service service_of_path(const HttpRequest& request) {
  const std::string_view path = request.path();
  if (path == "/" || path.empty()) {
    const std::string_view target = request.headers.get("x-amz-target");
    if (target.starts_with("secretsmanager.")) return Service::secrets_manager;
    return target.starts_with("Logs_20140328.") ? Service::logs : Service::sts;
  }
  if (path.starts_with("/_fescue/")) return Service::keys;
  if (path.starts_with("/greengrass/") || path.starts_with("/tags/")) return Service::greengrass;
  if (is_lambda_path(path)) return Service::lambda;
  return is_data_path(path) ? Service::iot_data : Service::iot;
}

ErrorForm form_of(Service service) {
  switch (service) {
    case Service::sts:
    case Service::iam:
      return ErrorForm::query;
    case Service::secrets_manager:
    case Service::logs:
      return ErrorForm::json;
    default:
      return ErrorForm::rest_json;
  }
}

ErrorForm form_of_unserved(std::string_view name, const HttpRequest& request) {
  if (name == "ec2") return ErrorForm::ec2;
  // S3's control plane is signed as S3 and has paths with a version.
  if (name.starts_with("s3")) return request.path().starts_with("/v20180820/") ? ErrorForm::query : ErrorForm::s3;
  if (name == "cloudfront" || name == "route53") return ErrorForm::query;
  if (request.headers.get("smithy-protocol") == "rpc-v2-cbor") return ErrorForm::cbor;
  if (request.headers.find("x-amz-target")) return ErrorForm::json;
  const bool is_form = request.headers.get("content-type").starts_with("application/x-www-form-urlencoded");
  return is_form ? ErrorForm::query : ErrorForm::rest_json;
}

}  // namespace

Addressee addressee_of(const HttpRequest& request) {
  const auto scope = parse_sigv4_scope(request);
  const Service service = scope ? service_of_scope(scope->service, request.path()) : service_of_path(request);
  if (service != Service::unserved) return {service, form_of(service), {}};
  std::string name = scope->service == "greengrass" ? "greengrassv2" : scope->service.substr(0, kMaxNameBytes);
  return {service, form_of_unserved(name, request), std::move(name)};
}

ApiError unserved(const Addressee& addressee) {
  std::string message =
      fmt::format("There is no {} here: Fescue serves greengrass, lambda, iot, iot-data, iam and sts.", addressee.name);
  switch (addressee.form) {
    case ErrorForm::s3:
      return {501, "NotImplemented", std::move(message)};
    case ErrorForm::query:
    case ErrorForm::ec2:
      return {400, "InvalidAction", std::move(message)};
    default:
      return {404, "UnknownOperationException", std::move(message)};
  }
}

}  // namespace fescue::cloud
