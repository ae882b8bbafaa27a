// DescribeEndpoint: one host serves every kind of endpoint; the ports are told by `fescue up` (endpoints.json).
#include <fmt/format.h>

#include "cloud/api/iot/iot_operations.h"
#include "cloud/control_plane.h"

namespace fescue::cloud::iot {

Task<ApiResult> describe_endpoint(ControlPlane& plane, ApiRequest request) {
  const std::string type = request.query_or("endpointType", "iot:Data");
  for (const std::string_view known : {"iot:Data", "iot:Data-ATS", "iot:CredentialProvider", "iot:Jobs"}) {
    if (type == known) co_return json_response(200, json::object{{"endpointAddress", plane.config.endpoint_host}});
  }
  co_return Error(Code::invalid_argument, fmt::format("'{}' is not an endpoint type.", type.substr(0, 80)));
}

}  // namespace fescue::cloud::iot
