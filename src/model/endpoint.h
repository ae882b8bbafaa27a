// An Endpoint is one end of a subscription row, and so the source or the target of a message. It is parsed once, from
// the spelling that groups use: `cloud`, `GGShadowService`, or the ARN of a function, of a thing (a client device) or
// of a connector (docs/compatibility/subscriptions.md#rows).
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "model/arn.h"

namespace fescue {

/// The alternatives of Endpoint::Value, in their order. Message targets are registered by kind (dispatcher.h).
enum class EndpointKind { cloud, shadow, function, thing, connector };
inline constexpr std::size_t kEndpointKinds = 5;

class Endpoint {
 public:
  struct Cloud {
    auto operator<=>(const Cloud&) const = default;
  };
  struct ShadowService {
    auto operator<=>(const ShadowService&) const = default;
  };
  using Value = std::variant<Cloud, ShadowService, FunctionArn, ThingArn, ConnectorArn>;
  static_assert(std::variant_size_v<Value> == kEndpointKinds);

  static Endpoint cloud() { return Endpoint(Cloud()); }
  static Endpoint shadow() { return Endpoint(ShadowService()); }
  static Endpoint function(FunctionArn arn) { return Endpoint(std::move(arn)); }
  static Endpoint thing(ThingArn arn) { return Endpoint(std::move(arn)); }
  static Endpoint connector(ConnectorArn arn) { return Endpoint(std::move(arn)); }
  /// Error: invalid_argument when the text is none of the five.
  static Result<Endpoint> parse(std::string_view text);

  EndpointKind kind() const { return static_cast<EndpointKind>(value_.index()); }
  const Value& value() const { return value_; }
  /// Null unless kind() is function.
  const FunctionArn* as_function() const { return std::get_if<FunctionArn>(&value_); }
  /// As groups spell it. Lives as long as the endpoint.
  const std::string& str() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;

 private:
  explicit Endpoint(Value value) : value_(std::move(value)) {}

  Value value_;
};

}  // namespace fescue

template <>
struct std::hash<fescue::Endpoint> {
  std::size_t operator()(const fescue::Endpoint& end) const noexcept { return std::hash<std::string>{}(end.str()); }
};
