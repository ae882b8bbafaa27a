// The largest requests are packages; everything else is small.
#include "cloud/api/framework/body_limits.h"

#include <string>

#include <fmt/format.h>

namespace fescue::cloud {

namespace {

constexpr std::size_t kMega = 1024 * 1024;
// A payload is at most 6 MB; the operation itself says so in Lambda's words to whom it misses by a little.
constexpr std::size_t kMaxInvocation = 8 * kMega;

bool takes_package(std::string_view name) { return name == "CreateFunction" || name == "UpdateFunctionCode"; }

}  // namespace

std::size_t max_body_bytes(Service service, const Operation* operation) {
  switch (service) {
    case Service::lambda:
      return operation != nullptr && takes_package(operation->name) ? kMaxRequestBytes : kMaxInvocation;
    case Service::greengrass:
      return 8 * kMega;
    default:
      return kMega;
  }
}

ApiError too_large(Service service, const Operation* operation) {
  std::string message = fmt::format("Request must be smaller than {} bytes", max_body_bytes(service, operation));
  if (operation != nullptr) message += fmt::format(" for the {} operation", operation->name);
  return {413, "RequestEntityTooLargeException", std::move(message)};
}

ApiError server_refusal(Service service, const Operation* operation, unsigned status, std::string_view why) {
  const std::string message = fmt::format("The request was refused: {}.", why);
  if (status == 413) return too_large(service, operation);
  if (status == 503)
    return {503,
            service == Service::sts || service == Service::iam ? "ServiceUnavailable" : "ServiceUnavailableException",
            message};
  return {status, status == 408 ? "RequestTimeoutException" : "BadRequestException", message};
}

}  // namespace fescue::cloud
