// PublishVersion, with what it is held against, and ListVersionsByFunction.
#include "cloud/api/lambda/lambda_versions.h"

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "cloud/api/framework/pages.h"
#include "cloud/api/lambda/lambda_configuration.h"
#include "cloud/api/lambda/lambda_names.h"
#include "cloud/store/function_store.h"

namespace fescue::cloud {

ApiValue<void> check_revision(const Members& body, std::string_view current) {
  FESCUE_TRY(revision, body.optional_string("RevisionId"));
  if (!revision || *revision == current) return {};
  return ApiError(
      412, "PreconditionFailedException",
      "The RevisionId provided does not match the latest RevisionId. Get the function or alias to learn the "
      "latest one.");
}

Task<ApiResult> publish_version(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_TRY(latest, find_latest(plane, name));
  FESCUE_CO_TRY(description, body.optional_string("Description", {.max = 256}));
  FESCUE_CO_TRY(expected, body.optional_string("CodeSha256"));
  const std::string current = base64_encode(*hex_decode(latest.code.hash.str()));
  if (expected && *expected != current) {
    co_return ApiError(
        400, "InvalidParameterValueException",
        fmt::format("CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}).", *expected, current));
  }
  FESCUE_CO_CHECK(check_revision(body, latest.revision_id));
  FESCUE_CO_TRY(version, FunctionStore(plane.database).publish(name, description, plane.now()));
  co_return json_response(201, configuration_json(plane.config, version, version_text(version.number)));
}

Task<ApiResult> list_versions_by_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_CHECK(find_latest(plane, name));
  FESCUE_CO_TRY(page,
                query_page(request, {.size = "MaxItems", .token = "Marker", .default_size = 50, .max_size = 10000}));
  const LambdaPosition after{name, parse_number<std::int64_t>(page.after).value_or(-1)};
  FESCUE_CO_TRY(versions, FunctionStore(plane.database).list_versions(after, page.limit + 1));
  const auto next =
      cut_page(request, page, versions, [](const LambdaVersion& version) { return std::to_string(version.number); });
  json::array out;
  for (const LambdaVersion& version : versions) {
    out.push_back(configuration_json(plane.config, version, version_text(version.number)));
  }
  json::object answer{{"Versions", std::move(out)}};
  if (next) answer["NextMarker"] = *next;
  co_return json_response(200, answer);
}

}  // namespace fescue::cloud
