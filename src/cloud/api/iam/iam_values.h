// What the IAM operations share: names, paths and documents of a request, finding what they name, and how lists go on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/api/framework/forms.h"
#include "cloud/api/framework/pages.h"
#include "cloud/control_plane.h"
#include "cloud/model/iam.h"

namespace fescue::cloud::iam {

inline constexpr PageRule kPages{.size = "MaxItems", .token = "Marker", .default_size = 100, .max_size = 1000};
inline constexpr std::size_t kMaxPoliciesOfRole = 20;  // attached ones, and inline ones

ApiValue<std::string> role_name(const ApiRequest& request);
ApiValue<std::string> policy_name(const ApiRequest& request);
/// "/" when there is none.
ApiValue<std::string> path_of(const ApiRequest& request);
ApiValue<std::string> description_of(const ApiRequest& request);
/// Error: MalformedPolicyDocument unless it is a JSON object.
ApiValue<std::string> document_of(const ApiRequest& request, std::string_view field);

/// The role that RoleName names. Error: NoSuchEntity.
ApiValue<IamRole> find_role(ControlPlane& plane, const ApiRequest& request);
/// The policy that PolicyArn names. Error: NoSuchEntity.
ApiValue<IamPolicy> find_policy(ControlPlane& plane, const ApiRequest& request);

/// arn:aws:iam::ACCOUNT:role/PATH/NAME
std::string entity_arn(const ControlPlane& plane, std::string_view kind, std::string_view path, std::string_view name);

ApiError no_such_entity(std::string message);
ApiError limit_exceeded(std::string_view what, std::size_t most);

/// An answer with a list that is whole, or a page of one.
HttpResponse list_response(const ApiRequest& request, std::string_view member, json::array list,
                           const std::optional<std::string>& next = {});

}  // namespace fescue::cloud::iam
