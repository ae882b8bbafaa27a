// The ends of subscriptions as a group's definition spells them. The model's Endpoint knows four kinds; a definition
// may also name a connector, which is understood here so that it can be refused by name.
#pragma once

#include <string_view>

#include "base/result.h"

namespace fescue::cloud {

enum class EndKind { cloud, shadow, function, device, connector };

/// Error: invalid_argument, for anything else and for functions without a qualifier or with $LATEST.
Result<EndKind> parse_endpoint(std::string_view text);

/// arn:aws:greengrass:REGION:[ACCOUNT]:/connectors/NAME/versions/NUMBER
bool is_connector_arn(std::string_view text);

}  // namespace fescue::cloud
