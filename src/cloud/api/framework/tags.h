// Tags of Lambda functions and of Greengrass's groups and definitions, and the bounds of all tags
// (docs/compatibility/api-greengrass.md#tags).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

inline constexpr std::size_t kMaxTags = 50;

/// Tags of a request, within AWS's bounds: 50 tags, 128 and 256 characters, no "aws:".
ApiValue<std::map<std::string, std::string>> read_tags(const Members& body, std::string_view member);

OperationBody list_function_tags, tag_function, untag_function;
OperationBody list_greengrass_tags, tag_greengrass_resource, untag_greengrass_resource;

}  // namespace fescue::cloud
