// Local resources as JSON. The data object is the same in the API (ResourceDataContainer.LocalVolumeResourceData) and
// in V1's group.json (Resources.Content[].Data).
#pragma once

#include <boost/json.hpp>

#include "base/result.h"
#include "model/json_reader.h"
#include "model/resource.h"

namespace fescue {

/// What `data` says about a resource of that kind; `id` and `name` are left empty. Checked by V1's rules. Errors:
/// invalid_argument, with the path of the member.
Result<Resource> read_resource_data(ResourceKind kind, const JsonReader& data);

/// An entry of group.json: {"Id", "Name", "Type", "Data"}.
boost::json::object to_object(const Resource& resource);
Result<Resource> read_resource(const JsonReader& entry);

}  // namespace fescue
