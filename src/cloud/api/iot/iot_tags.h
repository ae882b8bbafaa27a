// Tags of policies, thing types, role aliases and CAs (docs/compatibility/api-iot.md#tags), which come and go with what
// they belong to.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cloud/api/framework/members.h"
#include "cloud/control_plane.h"

namespace fescue::cloud::iot {

/// "tags" of a request: [{"Key", "Value"}], within AWS's bounds.
ApiValue<std::map<std::string, std::string>> read_tag_list(const Members& body);

/// Of what was just made; none leaves nothing behind.
ApiValue<void> keep_tags(ControlPlane& plane, std::string_view arn, const std::map<std::string, std::string>& tags);
/// Of what was just deleted.
ApiValue<void> forget_tags(ControlPlane& plane, std::string_view arn);

}  // namespace fescue::cloud::iot
