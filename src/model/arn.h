// Amazon Resource Names: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
//
// A FunctionArn is the identity of a function everywhere inside the core. Its qualifier is a version number in a
// deployed group; aliases are resolved by the control plane when the deployment is made. System functions (GGRouter,
// GGShadowService ...) have an empty region and account (docs/compatibility/local-api.md#system-functions).
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strong.h"

namespace fescue {

using ThingName = Strong<struct ThingNameTag>;
using Region = Strong<struct RegionTag>;
using AccountId = Strong<struct AccountIdTag>;

/// The five fixed parts of any ARN; `resource` keeps everything after the fifth colon.
struct ArnParts {
  std::string partition, service, region, account, resource;
};
Result<ArnParts> parse_arn(std::string_view text);

class FunctionArn {
 public:
  FunctionArn() = default;

  /// arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]. Region and account are both present or both empty; the
  /// account may also be the literal `aws` (connectors). Error: invalid_argument naming what is wrong.
  static Result<FunctionArn> parse(std::string_view text);
  static FunctionArn make(const Region& region, const AccountId& account, std::string_view name,
                          std::string_view qualifier = {});

  const std::string& str() const { return text_; }
  std::string_view region() const;
  std::string_view account() const;
  std::string_view name() const;
  /// Empty when the ARN has none.
  std::string_view qualifier() const;
  bool is_qualified() const { return !qualifier().empty(); }
  bool is_system() const { return account().empty(); }
  bool empty() const { return text_.empty(); }

  FunctionArn unqualified() const;
  FunctionArn with_qualifier(std::string_view qualifier) const;

  friend bool operator==(const FunctionArn& a, const FunctionArn& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const FunctionArn& a, const FunctionArn& b) { return a.text_ <=> b.text_; }
  friend std::ostream& operator<<(std::ostream& out, const FunctionArn& arn) { return out << arn.text_; }

 private:
  std::string text_;
};

namespace system_function {
extern const FunctionArn router;          // arn:aws:lambda:::function:GGRouter
extern const FunctionArn shadow;          // arn:aws:lambda:::function:GGShadowService
extern const FunctionArn secret_manager;  // arn:aws:lambda:::function:GGSecretManager
}  // namespace system_function

class ThingArn {
 public:
  ThingArn() = default;
  /// arn:aws:iot:REGION:ACCOUNT:thing/NAME
  static Result<ThingArn> parse(std::string_view text);
  static ThingArn make(const Region& region, const AccountId& account, const ThingName& name);
  const std::string& str() const { return text_; }
  ThingName thing_name() const;
  bool empty() const { return text_.empty(); }
  friend bool operator==(const ThingArn&, const ThingArn&) = default;
  friend auto operator<=>(const ThingArn&, const ThingArn&) = default;

 private:
  std::string text_;
};

/// A version of a connector; connectors that are AWS's own have no account.
class ConnectorArn {
 public:
  /// arn:aws:greengrass:REGION:[ACCOUNT]:/connectors/NAME/versions/NUMBER
  static Result<ConnectorArn> parse(std::string_view text);
  const std::string& str() const { return text_; }
  std::string_view name() const;
  std::string_view version() const;
  friend bool operator==(const ConnectorArn&, const ConnectorArn&) = default;
  friend auto operator<=>(const ConnectorArn&, const ConnectorArn&) = default;

 private:
  std::string text_;
};

/// [a-zA-Z0-9:_-]{1,128}
Result<ThingName> parse_thing_name(std::string_view text);

}  // namespace fescue

template <>
struct std::hash<fescue::FunctionArn> {
  std::size_t operator()(const fescue::FunctionArn& arn) const noexcept { return std::hash<std::string>{}(arn.str()); }
};
