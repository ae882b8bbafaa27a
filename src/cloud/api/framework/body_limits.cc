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

ApiError too_large(std::size_t most) {
  return {413, "RequestEntityTooLargeException",
          fmt::format("The body is too large; at most {} bytes are accepted.", most)};
}

ApiError server_refusal(Service service, unsigned status, std::string_view why) {
  const std::string message = fmt::format("The request was refused: {}.", why);
  if (status == 413) return {413, "RequestEntityTooLargeException", message};
  if (status == 503)
    return {503, service == Service::sts ? "ServiceUnavailable" : "ServiceUnavailableException", message};
  return {status, status == 408 ? "RequestTimeoutException" : "BadRequestException", message};
}

}  // namespace fescue::cloud
