// The rules of each field, and the members that a core has no use for, which are given back as they came.
#include "cloud/api/lambda/lambda_configuration.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/ascii.h"
#include "cloud/api/lambda/lambda_names.h"
#include "cloud/api/lambda/lambda_rules.h"
#include "cloud/store/json_columns.h"
#include "model/json_reader.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxEnvironmentBytes = 4096;

/// What a core has no use for, and what cannot work on one.
constexpr std::string_view kEchoed[] = {"TracingConfig",    "VpcConfig", "KMSKeyArn",    "DeadLetterConfig",
                                        "EphemeralStorage", "SnapStart", "LoggingConfig"};
constexpr std::string_view kRefused[] = {"Layers", "FileSystemConfigs", "ImageConfig", "CodeSigningConfigArn"};

ApiError wrong_type(std::string_view name) {
  return {400, "SerializationException",
          fmt::format("{} must be {}.", name, name == "KMSKeyArn" ? "a string" : "an object")};
}

bool is_visible(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; }

bool is_empty_value(const json::value& value) {
  if (const auto* array = value.if_array()) return array->empty();
  if (const auto* string = value.if_string()) return string->empty();
  const auto* object = value.if_object();
  return value.is_null() || (object != nullptr && object->empty());
}

/// arn:aws:iam::123456789012:role/NAME
bool is_role(std::string_view text) {
  const auto arn = parse_arn(text);
  return arn && arn->partition.starts_with("aws") && arn->service == "iam" && arn->region.empty() &&
         arn->account.size() == 12 && arn->resource.starts_with("role/") && arn->resource.size() > 5 &&
         std::ranges::all_of(arn->resource, is_visible);
}

ApiValue<void> read_environment(const Members& body, LambdaConfiguration& configuration) {
  FESCUE_TRY(environment, body.optional_object("Environment"));
  if (!environment) return {};
  FESCUE_TRY(variables, environment->optional_string_map("Variables"));
  std::size_t bytes = 0;
  for (const auto& [name, value] : variables) {
    if (!is_environment_key(name)) {
      return environment->refuse("Variables", fmt::format("Invalid environment key name: '{}' does not match the "
                                                          "pattern [a-zA-Z]([a-zA-Z0-9_])+.",
                                                          name));
    }
    bytes += name.size() + value.size();
  }
  if (const std::string reserved = reserved_keys_in(variables); !reserved.empty()) {
    return invalid_value(
        fmt::format("Lambda was unable to configure your environment variables because the environment "
                    "variables you have provided contains reserved keys that are currently not supported "
                    "for modification. Reserved keys used in this request: {}",
                    reserved));
  }
  if (bytes > kMaxEnvironmentBytes) {
    return invalid_value(fmt::format("The environment variables have {} bytes; at most 4096 are allowed.", bytes));
  }
  configuration.environment = std::move(variables);
  return {};
}

/// The store gives back objects alone.
json::object echoed_of(const LambdaConfiguration& configuration) {
  auto echoed = parse_json(configuration.echoed);
  return echoed && echoed->is_object() ? std::move(echoed->get_object()) : json::object();
}

ApiValue<void> read_echoed(const Members& body, LambdaConfiguration& configuration) {
  for (const std::string_view name : kRefused) {
    if (body.has(name) && !is_empty_value(body.raw().at(name))) {
      return invalid_value(fmt::format("{} is not supported: there is nothing like it on a core.", name));
    }
  }
  json::object echoed = echoed_of(configuration);
  for (const std::string_view name : kEchoed) {
    if (!body.has(name)) continue;
    const json::value& given = body.raw().at(name);
    if (name == "KMSKeyArn" ? !given.is_string() : !given.is_object()) return wrong_type(name);
    echoed[name] = given;
  }
  configuration.echoed = json::serialize(echoed);
  return {};
}

}  // namespace

ApiValue<void> read_architecture(const Members& body, LambdaConfiguration& configuration) {
  if (!body.has("Architectures")) return {};
  FESCUE_TRY(architectures, body.optional_strings("Architectures"));
  if (architectures.size() != 1 || (architectures[0] != "x86_64" && architectures[0] != "arm64")) {
    return body.refuse("Architectures", "must be one of x86_64 and arm64.");
  }
  configuration.architecture = architectures[0];
  return {};
}

ApiValue<void> read_configuration(const Members& body, LambdaConfiguration& configuration) {
  FESCUE_TRY(package, body.optional_string("PackageType"));
  if (package.value_or("Zip") != "Zip")
    return invalid_value("PackageType must be Zip; container images are not supported.");
  FESCUE_TRY(runtime, body.optional_string("Runtime", {1, 128, is_visible, "[^\\s]+"}));
  if (runtime && !is_runtime(*runtime)) return invalid_value(unknown_runtime(*runtime));
  if (runtime) configuration.runtime = std::move(*runtime);
  FESCUE_TRY(handler, body.optional_string("Handler", {1, 128, is_visible, "[^\\s]+"}));
  if (handler) configuration.handler = std::move(*handler);
  FESCUE_TRY(role, body.optional_string("Role"));
  if (role && !is_role(*role))
    return body.refuse("Role", "is not the ARN of an IAM role (arn:aws:iam::ACCOUNT:role/NAME).");
  if (role) configuration.role = std::move(*role);
  FESCUE_TRY(description, body.optional_string("Description", {.max = 256}));
  if (description) configuration.description = std::move(*description);
  FESCUE_TRY(timeout, body.optional_integer("Timeout", 1, 900));
  if (timeout) configuration.timeout_seconds = *timeout;
  FESCUE_TRY(memory, body.optional_integer("MemorySize", 128, 32768));
  if (memory) configuration.memory_mb = *memory;
  FESCUE_CHECK(read_environment(body, configuration));
  return read_echoed(body, configuration);
}

json::object configuration_json(const CloudConfig& config, const LambdaVersion& version, std::string_view qualifier) {
  const LambdaConfiguration& configuration = version.configuration;
  const auto digest = hex_decode(version.code.hash.str());
  json::object out{{"FunctionName", version.name},
                   {"FunctionArn", function_arn(config, version.name, qualifier)},
                   {"Runtime", configuration.runtime},
                   {"Role", configuration.role},
                   {"Handler", configuration.handler},
                   {"CodeSize", version.code.bytes},
                   {"Description", configuration.description},
                   {"Timeout", configuration.timeout_seconds},
                   {"MemorySize", configuration.memory_mb},
                   {"LastModified", lambda_timestamp(version.last_modified)},
                   {"CodeSha256", base64_encode(digest.value())},
                   {"Version", version_text(version.number)},
                   {"TracingConfig", {{"Mode", "PassThrough"}}},
                   {"RevisionId", version.revision_id},
                   {"State", "Active"},
                   {"LastUpdateStatus", "Successful"},
                   {"PackageType", "Zip"},
                   {"Architectures", json::array{configuration.architecture}},
                   {"EphemeralStorage", {{"Size", 512}}},
                   {"SnapStart", {{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
                   {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + version.name}}}};
  if (configuration.environment)
    out["Environment"] = json::object{{"Variables", object_of(*configuration.environment)}};
  for (const auto& [name, value] : echoed_of(configuration)) out[name] = value;
  return out;
}

}  // namespace fescue::cloud
