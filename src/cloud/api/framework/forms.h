// Services of the query protocol (docs/compatibility/api.md#protocols): fields of a form in, XML out.
//
//   FESCUE_CO_TRY(name, required_field(request, "RoleName", kRoleName));
//   co_return query_response(request, {{"Role", {{"RoleName", name}, {"Tags", json::array()}}}});
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

ApiValue<std::string> required_field(const ApiRequest& request, std::string_view name,
                                     const TextRule& rule = {.min = 1});

/// The members of a list: NAME.member.1, NAME.member.2 ..., each with `suffix`.
std::vector<std::string> field_list(const ApiRequest& request, std::string_view name, std::string_view suffix = "");

/// Tags.member.N.Key and .Value, within AWS's bounds.
ApiValue<std::map<std::string, std::string>> field_tags(const ApiRequest& request);
json::array tag_list(const std::map<std::string, std::string>& tags);

/// <OperationResponse><OperationResult>...: objects become elements, lists <member>s. An empty result is left out.
HttpResponse query_response(const ApiRequest& request, const json::object& result);

}  // namespace fescue::cloud
