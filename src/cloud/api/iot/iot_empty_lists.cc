// Empty lists; a thing that is not there is told first.
#include "cloud/api/iot/iot_empty_lists.h"

#include "cloud/api/iot/iot_values.h"

namespace fescue::cloud::iot {

namespace {

HttpResponse no(std::string_view member) { return json_response(200, json::object{{member, json::array()}}); }

}  // namespace

Task<ApiResult> list_thing_groups_for_thing(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_CHECK(find_thing(plane, request.labels[0]));
  co_return no("thingGroups");
}

Task<ApiResult> list_thing_groups(ControlPlane&, ApiRequest) { co_return no("thingGroups"); }

Task<ApiResult> list_topic_rules(ControlPlane&, ApiRequest) { co_return no("rules"); }

}  // namespace fescue::cloud::iot
