// The operations that AWS's models of IoT and Lambda have (docs/compatibility/api.md#what-is-not-built): by these
// tables one that is not built is refused by its name instead of by its path.
#pragma once

#include <span>
#include <string_view>

namespace fescue::cloud {

struct KnownOperation {
  std::string_view name;
  std::string_view method, pattern;  // as in Operation (framework/operation.h)
};

std::span<const KnownOperation> known_iot_operations();     // known_iot.cc
std::span<const KnownOperation> known_lambda_operations();  // known_lambda.cc

}  // namespace fescue::cloud
