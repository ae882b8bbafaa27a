// An IoT policy document: a JSON string inside a request's JSON. Checked for its shape when it comes in; kept as it
// was.
#pragma once

#include <string>
#include <string_view>

#include "cloud/api/framework/members.h"

namespace fescue::cloud::iot {

/// The member policyDocument. Error: MalformedPolicyException, 400, telling what is wrong.
ApiValue<std::string> read_policy_document(const Members& body);

}  // namespace fescue::cloud::iot
