// The five spellings of an endpoint.
#include "model/endpoint.h"

#include <fmt/format.h>

namespace fescue {

namespace {

constexpr std::string_view kCloud = "cloud";
constexpr std::string_view kShadowService = "GGShadowService";

struct Spelling {
  const std::string& operator()(const Endpoint::Cloud&) const {
    static const std::string text(kCloud);
    return text;
  }
  const std::string& operator()(const Endpoint::ShadowService&) const {
    static const std::string text(kShadowService);
    return text;
  }
  const std::string& operator()(const auto& arn) const { return arn.str(); }
};

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  if (text == kCloud) return cloud();
  if (text == kShadowService) return shadow();
  if (auto arn = FunctionArn::parse(text)) return function(std::move(*arn));
  if (auto arn = ThingArn::parse(text)) return thing(std::move(*arn));
  if (auto arn = ConnectorArn::parse(text)) return connector(std::move(*arn));
  return Error(
      Code::invalid_argument,
      fmt::format("\"{}\" is neither cloud, GGShadowService, nor the ARN of a function, a thing or a connector",
                  text.substr(0, 200)));
}

const std::string& Endpoint::str() const { return std::visit(Spelling(), value_); }

}  // namespace fescue
