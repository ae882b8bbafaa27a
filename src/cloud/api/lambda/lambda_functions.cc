// CreateFunction to ListFunctions; packages are checked and stored on the pool.
#include "cloud/api/lambda/lambda_functions.h"

#include <fmt/format.h>

#include "base/random.h"
#include "base/text/ascii.h"
#include "base/text/parse_number.h"
#include "cloud/api/framework/pages.h"
#include "cloud/api/framework/tags.h"
#include "cloud/api/lambda/artifact_download.h"
#include "cloud/api/lambda/lambda_configuration.h"
#include "cloud/api/lambda/lambda_names.h"
#include "cloud/api/lambda/lambda_versions.h"
#include "cloud/packages/package_source.h"
#include "cloud/store/artifact_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/json_columns.h"
#include "model/limits.h"
#include "sys/storage/archive.h"

namespace fescue::cloud {

namespace {

constexpr PageRule kFunctionPages{.size = "MaxItems", .token = "Marker", .default_size = 50, .max_size = 10000};

// These two run on the pool.

ApiValue<LambdaCode> check_and_store(const ArtifactStore& store, std::string_view zip) {
  const auto entries = inspect_zip(zip, {.unpacked_bytes = kMaxUnpackedPackageBytes});
  if (!entries) return invalid_value(fmt::format("Could not unzip uploaded file: {}.", entries.error().message()));
  if (entries->empty()) return invalid_value("Uploaded file must be a non-empty zip.");
  FESCUE_TRY(hash, store.put(zip));
  return LambdaCode{std::move(hash), zip.size()};
}

ApiValue<LambdaCode> decode_and_store(const ArtifactStore& store, const json::string& base64) {
  const auto zip = base64_decode(base64);
  if (!zip) return invalid_value("ZipFile is not valid base64.");
  if (zip->size() > kMaxPackageBytes) {
    return ApiError(413, "RequestEntityTooLargeException",
                    fmt::format("The package has {} bytes; at most {} are allowed.", zip->size(), kMaxPackageBytes));
  }
  return check_and_store(store, *zip);
}

bool is_bucket_character(char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; }

ApiValue<PackageLocation> read_location(const Members& code) {
  PackageLocation out;
  FESCUE_TRY(bucket, code.required_string("S3Bucket", {3, 63, is_bucket_character, "[0-9A-Za-z.\\-_]*"}));
  if (bucket.ends_with('.')) return code.refuse("S3Bucket", "must not end with a dot.");
  out.bucket = std::move(bucket);
  FESCUE_TRY(key, code.required_string("S3Key", {.min = 1, .max = 1024}));
  if (key.find('\0') != std::string::npos) return code.refuse("S3Key", "must not hold a NUL character.");
  out.key = std::move(key);
  FESCUE_TRY(version, code.optional_string("S3ObjectVersion", {.min = 1, .max = 1024}));
  out.version = version.value_or("");
  return out;
}

Task<ApiValue<LambdaCode>> take_named_code(ControlPlane& plane, PackageLocation where) {
  FESCUE_CO_TRY(fetched, co_await plane.packages.fetch(std::move(where)));
  const ArtifactStore& store = plane.artifacts;
  auto work = [&store, zip = std::move(fetched.zip)] { return check_and_store(store, zip); };
  co_return co_await plane.pool.run(std::move(work));
}

/// The package in `code`, stored. `code` is CreateFunction's Code member or UpdateFunctionCode's body.
Task<ApiValue<LambdaCode>> take_code(ControlPlane& plane, json::object& code) {
  auto* zip = code.if_contains("ZipFile");
  const bool is_named = code.contains("S3Bucket") || code.contains("S3Key");
  if (zip != nullptr && is_named) {
    co_return invalid_value("Please do not provide other FunctionCode parameters when providing a ZipFile.");
  }
  if (is_named) {
    FESCUE_CO_TRY(where, read_location(Members(Service::lambda, code, "")));
    co_return co_await take_named_code(plane, std::move(where));
  }
  if (code.contains("ImageUri"))
    co_return invalid_value("Container images are not supported: send a package as ZipFile.");
  if (zip == nullptr || !zip->is_string()) co_return invalid_value("ZipFile is required: the package in base64.");
  const ArtifactStore& store = plane.artifacts;
  auto work = [&store, base64 = std::move(zip->get_string())] { return decode_and_store(store, base64); };
  co_return co_await plane.pool.run(std::move(work));
}

void touch(LambdaVersion& latest, WallTime now) {
  latest.last_modified = now;
  latest.revision_id = random_uuid();
}

/// $LATEST, or with Publish the version that now holds the same.
ApiResult answer_changed(ControlPlane& plane, const LambdaVersion& latest, bool publish, unsigned status) {
  if (!publish) return json_response(status, configuration_json(plane.config, latest, ""));
  FESCUE_TRY(version, FunctionStore(plane.database).publish(latest.name, std::nullopt, plane.now()));
  return json_response(status, configuration_json(plane.config, version, version_text(version.number)));
}

ApiValue<LambdaVersion> read_new_function(const CloudConfig& config, const Members& body) {
  LambdaVersion latest;
  FESCUE_TRY(name_text, body.required_string("FunctionName"));
  FESCUE_TRY(reference, parse_function_reference(config, name_text));
  if (!reference.qualifier.empty()) return body.refuse("FunctionName", "must not have a qualifier.");
  latest.name = reference.name;
  FESCUE_CHECK(body.required_string("Role"));
  FESCUE_CHECK(read_configuration(body, latest.configuration));
  FESCUE_CHECK(read_architecture(body, latest.configuration));
  if (latest.configuration.runtime.empty() || latest.configuration.handler.empty()) {
    return invalid_value(
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  }
  return latest;
}

}  // namespace

Task<ApiResult> create_function(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(latest, read_new_function(plane.config, body));
  FESCUE_CO_TRY(tags, read_tags(body, "Tags"));
  FESCUE_CO_TRY(publish, body.optional_bool("Publish"));
  FESCUE_CO_CHECK(body.required_object("Code"));
  FunctionStore store(plane.database);
  const ApiError exists(409, "ResourceConflictException", fmt::format("Function already exist: {}", latest.name));
  FESCUE_CO_TRY(former, store.find(latest.name, kLatest));
  if (former) co_return exists;

  FESCUE_CO_TRY(code, co_await take_code(plane, request.body.at("Code").get_object()));
  latest.code = std::move(code);
  touch(latest, plane.now());
  const auto created = store.create(latest, tags);
  if (!created && created.error().code() == Code::already_exists) co_return exists;
  FESCUE_CO_CHECK(created);
  co_return answer_changed(plane, latest, publish.value_or(false), 201);
}

Task<ApiResult> get_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, function_reference(plane.config, request));
  FESCUE_CO_TRY(version, find_function(plane, reference));
  FESCUE_CO_TRY(tags, FunctionStore(plane.database).tags(version.name));
  json::object body{{"Configuration", configuration_json(plane.config, version, reference.qualifier)},
                    {"Code",
                     {{"RepositoryType", "S3"},
                      {"Location", artifact_location(plane, request.http.headers.get("Host"), version.code.hash)}}}};
  if (!tags.empty()) body["Tags"] = object_of(tags);
  co_return json_response(200, body);
}

Task<ApiResult> get_function_configuration(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, function_reference(plane.config, request));
  FESCUE_CO_TRY(version, find_function(plane, reference));
  co_return json_response(200, configuration_json(plane.config, version, reference.qualifier));
}

Task<ApiResult> update_function_code(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_TRY(publish, body.optional_bool("Publish"));
  FESCUE_CO_TRY(dry_run, body.optional_bool("DryRun"));
  FESCUE_CO_CHECK(find_latest(plane, name));
  FESCUE_CO_TRY(code, co_await take_code(plane, request.body));

  FESCUE_CO_TRY(latest, find_latest(plane, name));  // as it is now, after the wait
  FESCUE_CO_CHECK(check_revision(body, latest.revision_id));
  FESCUE_CO_CHECK(read_architecture(body, latest.configuration));
  latest.code = std::move(code);
  if (dry_run.value_or(false)) co_return json_response(200, configuration_json(plane.config, latest, ""));
  touch(latest, plane.now());
  FESCUE_CO_CHECK(FunctionStore(plane.database).update_latest(latest));
  co_return answer_changed(plane, latest, publish.value_or(false), 200);
}

Task<ApiResult> update_function_configuration(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_TRY(latest, find_latest(plane, name));
  FESCUE_CO_CHECK(check_revision(body, latest.revision_id));
  FESCUE_CO_CHECK(read_configuration(body, latest.configuration));
  touch(latest, plane.now());
  FESCUE_CO_CHECK(FunctionStore(plane.database).update_latest(latest));
  co_return json_response(200, configuration_json(plane.config, latest, ""));
}

Task<ApiResult> delete_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, function_reference(plane.config, request));
  FunctionStore store(plane.database);
  const ApiError missing = function_not_found(plane.config, reference.name, reference.qualifier);
  if (reference.qualifier.empty()) {
    FESCUE_CO_TRY(removed, store.remove(reference.name));
    if (!removed) co_return missing;
    co_return empty_response(204);
  }
  const auto number = parse_version_number(reference.qualifier);
  if (!number) co_return invalid_value("Aliases are deleted with DeleteAlias, not with DeleteFunction.");
  if (*number == kLatest) co_return invalid_value("$LATEST version cannot be deleted without deleting the function.");
  FESCUE_CO_TRY(removed, store.remove_version(reference.name, *number));
  if (!removed) co_return missing;
  co_return empty_response(204);
}

namespace {

std::string position_text(const LambdaVersion& version) { return fmt::format("{}:{}", version.name, version.number); }

/// "name:number" of a page token; both wrong and forged ones begin a list that is merely useless.
LambdaPosition parse_position(std::string_view text) {
  LambdaPosition position;
  const std::size_t colon = text.find(':');
  position.name = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    position.number = parse_number<std::int64_t>(text.substr(colon + 1)).value_or(position.number);
  }
  return position;
}

}  // namespace

Task<ApiResult> list_functions(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kFunctionPages));
  const std::string which = request.query_or("FunctionVersion", "");
  if (!which.empty() && which != "ALL") co_return invalid_value("FunctionVersion must be ALL if it is given.");
  const FunctionStore store(plane.database);
  const bool all = !which.empty();
  FESCUE_CO_TRY(versions, all ? store.list_all(parse_position(page.after), page.limit + 1)
                              : store.list(parse_position(page.after).name, page.limit + 1));
  const auto next = cut_page(request, page, versions, position_text);
  json::array functions;
  for (const LambdaVersion& version : versions) {
    functions.push_back(configuration_json(plane.config, version, all ? version_text(version.number) : ""));
  }
  json::object body{{"Functions", std::move(functions)}};
  if (next) body["NextMarker"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud
