// What the IoT operations share: reading names, ids and ARNs out of a request, and finding what they name. A name that
// breaks its pattern is InvalidRequestException, one that names nothing ResourceNotFoundException.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/framework/operation.h"
#include "cloud/api/framework/pages.h"
#include "cloud/control_plane.h"
#include "cloud/model/certificate.h"
#include "cloud/model/certificate_authority.h"
#include "cloud/model/iot_policy.h"
#include "cloud/model/role_alias.h"
#include "cloud/model/thing.h"

namespace fescue::cloud::iot {

inline constexpr PageRule kResultPages{.size = "maxResults", .token = "nextToken"};
inline constexpr PageRule kMarkerPages{.size = "pageSize", .token = "marker"};
inline constexpr PageRule kAuthorityPages{.size = "pageSize", .token = "marker", .default_size = 25};

ApiValue<Thing> find_thing(ControlPlane& plane, std::string_view name);
ApiValue<ThingType> find_thing_type(ControlPlane& plane, std::string_view name);
ApiValue<RoleAlias> find_role_alias(ControlPlane& plane, std::string_view name);
/// 64 hexadecimal digits, given back in lower case.
ApiValue<CertificateId> parse_certificate_id(std::string_view text);
ApiValue<Certificate> find_certificate(ControlPlane& plane, std::string_view id);
ApiValue<CertificateAuthority> find_authority(ControlPlane& plane, std::string_view id);
/// By its ARN; what is not the ARN of a certificate is refused.
ApiValue<Certificate> find_certificate_by_arn(ControlPlane& plane, std::string_view arn);
ApiValue<PolicyName> parse_policy_name(std::string_view text);
ApiValue<Policy> find_policy(ControlPlane& plane, std::string_view name);

std::string thing_arn(const ControlPlane& plane, const ThingName& name);
std::string certificate_arn(const ControlPlane& plane, const CertificateId& id);
std::string authority_arn(const ControlPlane& plane, const CertificateId& id);
std::string policy_arn(const ControlPlane& plane, const PolicyName& name);
std::string thing_type_arn(const ControlPlane& plane, std::string_view name);
std::string role_alias_arn(const ControlPlane& plane, std::string_view name);

/// Whether there is one, of what was found.
template <class Value>
ApiValue<void> to_void(const ApiValue<Value>& found) {
  if (!found) return found.error();
  return {};
}

/// isAscendingOrder
ApiValue<ListOrder> list_order(const ApiRequest& request);
/// A page's position in a list that is numbered; 0 on the first page.
std::int64_t number_after(const Page& page);

/// Seconds since 1970 with a fraction, as IoT writes times.
double epoch_seconds(WallTime time);

/// 404 ResourceNotFoundException: "Policy p1 does not exist."
ApiError not_found(std::string_view kind, std::string_view name);

/// 409 ResourceAlreadyExistsException with the members that tell what exists.
ApiError already_exists(std::string message, std::string_view arn, std::string_view id);

/// What these certificates' policies say has changed: connections and subscriptions that are not allowed any more end.
void rights_changed(ControlPlane& plane, const std::vector<CertificateId>& certificates);

/// Ends the connections of a certificate that has lost a right; its holder must connect anew.
void disconnect(ControlPlane& plane, const CertificateId& id, std::string_view reason);

}  // namespace fescue::cloud::iot
