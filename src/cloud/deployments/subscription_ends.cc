// Telling cloud, shadow service, function, device and connector apart by their spelling.
#include "cloud/deployments/subscription_ends.h"

#include <fmt/format.h>

#include "model/arn.h"

namespace fescue::cloud {

namespace {

Error bad_end(std::string_view text, std::string_view why) {
  return Error(Code::invalid_argument, fmt::format("\"{}\" {}", text.substr(0, 200), why));
}

}  // namespace

bool is_connector_arn(std::string_view text) {
  const auto arn = parse_arn(text);
  return arn && arn->service == "greengrass" && arn->resource.starts_with("/connectors/") &&
         arn->resource.find("/versions/") != std::string::npos;
}

Result<EndKind> parse_endpoint(std::string_view text) {
  if (text == "cloud") return EndKind::cloud;
  if (text == "GGShadowService") return EndKind::shadow;
  if (is_connector_arn(text)) return EndKind::connector;
  if (ThingArn::parse(text)) return EndKind::device;
  const auto function = FunctionArn::parse(text);
  if (!function) {
    return bad_end(text, "is neither cloud, GGShadowService, nor the ARN of a function, a thing or a connector");
  }
  if (!function->is_qualified()) return bad_end(text, "has no qualifier: name a version or an alias");
  if (function->qualifier() == "$LATEST") {
    return bad_end(text, "uses $LATEST, which a group cannot: name a version or an alias");
  }
  return EndKind::function;
}

}  // namespace fescue::cloud
