// The spellings of an Endpoint in a group.
#include "model/message.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace fescue {

Result<Endpoint> Endpoint::parse(std::string_view text) {
  if (text == "cloud") return cloud();
  if (text == "GGShadowService") return shadow();
  if (auto arn = FunctionArn::parse(text)) return function(*arn);
  if (auto arn = ThingArn::parse(text)) return device(*arn);
  return Error(
      Code::invalid_argument,
      fmt::format("\"{}\" is neither cloud, GGShadowService, a function ARN nor a thing ARN", text.substr(0, 200)));
}

FunctionArn Endpoint::function_arn() const {
  FESCUE_ASSERT(kind_ == EndpointKind::function);
  return FunctionArn::parse(text_).value();
}

}  // namespace fescue
