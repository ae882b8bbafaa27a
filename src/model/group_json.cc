// Both ways between a Group and its JSON: the writers of each kind in V1's members, then the readers, each of which
// names the member that it refuses.
#include "model/group_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "model/json_reader.h"
#include "model/resource_json.h"

namespace fescue {

namespace json = boost::json;

namespace {

constexpr std::int64_t kMaxKilobytes = std::int64_t{1} << 40;
constexpr std::int64_t kMaxId = 0xfffffffe;  // (uid_t)-1 means "leave as it is"

// ---- writing

json::object to_object(const FunctionConfig& function) {
  json::object execution{
      {"IsolationMode", function.isolation == Isolation::none ? "NoContainer" : "GreengrassContainer"}};
  json::object run_as;
  if (function.run_as.uid) run_as["Uid"] = *function.run_as.uid;
  if (function.run_as.gid) run_as["Gid"] = *function.run_as.gid;
  if (!run_as.empty()) execution["RunAs"] = std::move(run_as);

  json::object variables;
  for (const auto& [name, value] : function.environment) variables[name] = value;
  json::array policies;
  for (const AttachedResource& attached : function.resources) {
    policies.push_back(json::object{{"ResourceId", attached.resource.id}, {"Permission", name_of(attached.access)}});
  }

  json::object fescue{{"sha256", function.artifact.str()}};
  if (function.init_timeout) fescue["initTimeout"] = function.init_timeout->count();
  return {{"FunctionArn", function.arn.str()},
          {"DeploymentConfiguration",
           json::object{{"CodeSize", function.artifact_bytes},
                        {"Runtime", function.runtime},
                        {"Handler", function.handler},
                        {"Pinned", function.pinned},
                        {"Timeout", function.timeout.count()},
                        {"MemorySize", function.memory_kb ? json::value(*function.memory_kb) : json::value()},
                        {"EncodingType", function.encoding == Encoding::binary ? "binary" : "json"},
                        {"ExecArgs", function.exec_args},
                        {"Environment", json::object{{"AccessSysfs", function.access_sysfs},
                                                     {"Execution", std::move(execution)},
                                                     {"ResourceAccessPolicies", std::move(policies)},
                                                     {"Variables", std::move(variables)}}},
                        {"fescue", std::move(fescue)}}}};
}

json::array system_functions_json(const Group& group) {
  json::array out;
  for (const SystemFunction& function : group.system_functions) {
    json::object variables;
    for (const auto& [name, value] : function.environment) variables[name] = value;
    out.push_back(json::object{{"FunctionArn", function.arn.str()}, {"Variables", std::move(variables)}});
  }
  return out;
}

json::array devices_json(const Group& group) {
  json::array out;
  for (const Device& device : group.devices) {
    json::object entry{{"thingArn", device.thing.str()}, {"certificateArn", device.certificate_arn}};
    if (device.sync_shadow) entry["syncShadow"] = true;
    out.push_back(std::move(entry));
  }
  return out;
}

json::object to_object(const Group& group) {
  json::array lambdas, subscriptions, loggers, resources;
  for (const Resource& resource : group.resources) resources.push_back(to_object(resource));
  for (const FunctionConfig& function : group.functions) lambdas.push_back(to_object(function));
  for (const Subscription& row : group.subscriptions) {
    subscriptions.push_back(json::object{
        {"Id", row.id}, {"Source", row.source.str()}, {"Subject", row.subject.str()}, {"Target", row.target.str()}});
  }
  for (const LoggerConfig& logger : group.loggers) {
    loggers.push_back(
        json::object{{"Component", logger.component == LogComponent::system ? "GreengrassSystem" : "Lambda"},
                     {"Level", log::name_of(logger.level)},
                     {"Space", logger.space_kb},
                     {"Type", logger.destination == LogDestination::file_system ? "FileSystem" : "AWSCloudWatch"}});
  }
  const std::string arn = fmt::format("arn:aws:greengrass:{}:{}:/greengrass/groups/{}/versions/{}", group.region.view(),
                                      group.account.view(), group.id.view(), group.version);
  return {{"Arn", arn},
          {"Version", group.version},
          {"Region", group.region.str()},
          {"Cores", json::array{json::object{{"thingArn", group.core_thing.str()},
                                             {"certificateArn", group.core_certificate_arn}}}},
          {"Devices", devices_json(group)},
          {"GroupDefinitions", json::object{{"Lambdas", json::object{{"Content", std::move(lambdas)}}},
                                            {"Resources", json::object{{"Content", std::move(resources)}}},
                                            {"Subscriptions", json::object{{"Content", std::move(subscriptions)}}},
                                            {"Logging", json::object{{"Content", std::move(loggers)}}}}}};
}

// ---- reading

Result<std::vector<JsonReader>> definition_content(const JsonReader& definitions, std::string_view kind) {
  const std::optional<JsonReader> definition = definitions.find(kind);
  if (!definition) return std::vector<JsonReader>();
  const std::optional<JsonReader> content = definition->find("Content");
  return content ? content->items() : Result<std::vector<JsonReader>>(std::vector<JsonReader>());
}

Result<FunctionArn> read_arn(const JsonReader& entry) {
  FESCUE_TRY(member, entry.get("FunctionArn"));
  FESCUE_TRY(text, member.as_string());
  const auto arn = FunctionArn::parse(text);
  if (!arn) return member.error(arn.error());
  if (!arn->is_qualified() || arn->qualifier() == "$LATEST") return member.error("must name a published version");
  return *arn;
}

Result<void> read_execution(const JsonReader& environment, FunctionConfig& out) {
  const std::optional<JsonReader> execution = environment.find("Execution");
  if (!execution) return ok();
  FESCUE_TRY(mode, execution->string_or("IsolationMode", "GreengrassContainer"));
  if (mode != "GreengrassContainer" && mode != "NoContainer") return execution->error("unknown IsolationMode");
  out.isolation = mode == "NoContainer" ? Isolation::none : Isolation::container;
  const std::optional<JsonReader> run_as = execution->find("RunAs");
  if (!run_as) return ok();
  for (auto [name, target] : {std::pair{"Uid", &out.run_as.uid}, std::pair{"Gid", &out.run_as.gid}}) {
    const std::optional<JsonReader> id = run_as->find(name);
    if (!id) continue;
    FESCUE_TRY(number, id->as_integer(0, kMaxId));
    *target = static_cast<std::uint32_t>(number);
  }
  return ok();
}

using Resources = std::vector<Resource>;

Result<void> read_policies(const JsonReader& environment, const Resources& resources, FunctionConfig& out) {
  const auto policies = environment.find("ResourceAccessPolicies");
  if (!policies) return ok();
  FESCUE_TRY(items, policies->items());
  for (const JsonReader& item : items) {
    FESCUE_TRY(id, item.string("ResourceId"));
    const auto resource = std::ranges::find(resources, id, &Resource::id);
    if (resource == resources.end()) return item.error(fmt::format("the group has no resource \"{}\"", id));
    FESCUE_TRY(permission, item.string_or("Permission", "ro"));
    if (permission != "ro" && permission != "rw") return item.error("Permission must be ro or rw");
    out.resources.push_back({*resource, permission == "rw" ? Access::read_write : Access::read_only});
  }
  if (const auto sound = check(out.resources); !sound) return policies->error(sound.error());
  if (!items.empty() && out.isolation == Isolation::none) return policies->error("needs a container");
  return ok();
}

Result<std::map<std::string, std::string>> read_variables(const JsonReader& owner) {
  std::map<std::string, std::string> out;
  const std::optional<JsonReader> variables = owner.find("Variables");
  if (!variables) return out;
  FESCUE_CHECK(variables->expect_object());
  for (const auto& [name, value] : variables->value().get_object()) {
    if (!value.is_string()) {
      return variables->error(fmt::format("the value of \"{}\" must be a string", std::string_view(name)));
    }
    out[std::string(name)] = std::string(value.get_string());
  }
  return out;
}

Result<void> read_environment(const JsonReader& configuration, const Resources& resources, FunctionConfig& out) {
  const std::optional<JsonReader> environment = configuration.find("Environment");
  if (!environment) return ok();
  FESCUE_TRY(sysfs, environment->bool_or("AccessSysfs", false));
  out.access_sysfs = sysfs;
  FESCUE_CHECK(read_execution(*environment, out));
  FESCUE_TRY(variables, read_variables(*environment));
  out.environment = std::move(variables);
  return read_policies(*environment, resources, out);
}

Result<void> read_fescue(const JsonReader& configuration, FunctionConfig& out) {
  FESCUE_TRY(own, configuration.get("fescue"));
  FESCUE_TRY(hash, own.string("sha256"));
  if (!is_sha256_hex(hash)) return own.error("sha256 must be 64 lower-case hexadecimal digits");
  out.artifact = ArtifactHash(hash);
  if (const auto timeout = own.find("initTimeout")) {
    FESCUE_TRY(seconds, timeout->as_integer(1, 86400));
    out.init_timeout = std::chrono::seconds(seconds);
  }
  return ok();
}

Result<FunctionConfig> read_function(const JsonReader& entry, const Resources& resources) {
  FunctionConfig out;
  FESCUE_TRY(arn, read_arn(entry));
  out.arn = std::move(arn);
  FESCUE_TRY(configuration, entry.get("DeploymentConfiguration"));
  FESCUE_TRY(runtime, configuration.string("Runtime"));
  out.runtime = std::move(runtime);
  FESCUE_TRY(handler, configuration.string("Handler"));
  out.handler = std::move(handler);
  FESCUE_TRY(size, configuration.integer_or("CodeSize", 0, 0, kMaxKilobytes));
  out.artifact_bytes = static_cast<std::uint64_t>(size);
  FESCUE_TRY(pinned, configuration.bool_or("Pinned", false));
  out.pinned = pinned;
  FESCUE_TRY(timeout, configuration.integer_or("Timeout", 3, 1, 2147483647));
  out.timeout = std::chrono::seconds(timeout);
  FESCUE_TRY(memory, configuration.integer_or("MemorySize", 0, 0, kMaxKilobytes));
  if (memory > 0) out.memory_kb = static_cast<std::uint64_t>(memory);
  FESCUE_TRY(encoding, configuration.string_or("EncodingType", "json"));
  if (encoding != "json" && encoding != "binary") return configuration.error("EncodingType must be json or binary");
  out.encoding = encoding == "binary" ? Encoding::binary : Encoding::json;
  FESCUE_TRY(arguments, configuration.string_or("ExecArgs", ""));
  out.exec_args = std::move(arguments);
  FESCUE_CHECK(read_environment(configuration, resources, out));
  FESCUE_CHECK(read_fescue(configuration, out));
  return out;
}

Result<Endpoint> read_endpoint(const JsonReader& entry, std::string_view name) {
  FESCUE_TRY(member, entry.get(name));
  FESCUE_TRY(text, member.as_string());
  auto end = Endpoint::parse(text);
  if (!end) return member.error(end.error());
  return end;
}

Result<Subscription> read_subscription(const JsonReader& entry) {
  FESCUE_TRY(id, entry.string("Id"));
  FESCUE_TRY(source, read_endpoint(entry, "Source"));
  FESCUE_TRY(target, read_endpoint(entry, "Target"));
  FESCUE_TRY(subject, entry.get("Subject"));
  FESCUE_TRY(text, subject.as_string());
  auto filter = TopicFilter::parse(text);
  if (!filter) return subject.error(filter.error());
  return Subscription{id, source, *filter, target};
}

Result<LoggerConfig> read_logger(const JsonReader& entry) {
  LoggerConfig out;
  FESCUE_TRY(component, entry.string("Component"));
  if (component != "GreengrassSystem" && component != "Lambda") return entry.error("unknown Component");
  out.component = component == "Lambda" ? LogComponent::lambda : LogComponent::system;
  FESCUE_TRY(level_name, entry.string("Level"));
  const auto level = log::parse_level(level_name);
  if (!level) return entry.error(level.error());
  out.level = *level;
  FESCUE_TRY(space, entry.integer_or("Space", 128, 1, kMaxKilobytes));
  out.space_kb = static_cast<std::uint64_t>(space);
  FESCUE_TRY(type, entry.string_or("Type", "FileSystem"));
  if (type != "FileSystem" && type != "AWSCloudWatch") return entry.error("unknown Type");
  if (type == "AWSCloudWatch") out.destination = LogDestination::cloud_watch;
  return out;
}

Result<void> read_identity(const JsonReader& document, Group& out) {
  FESCUE_TRY(arn_member, document.get("Arn"));
  FESCUE_TRY(arn_text, arn_member.as_string());
  FESCUE_TRY(arn, parse_arn(arn_text));
  out.region = Region(arn.region);
  out.account = AccountId(arn.account);
  // /greengrass/groups/<group>/versions/<version>
  constexpr std::string_view kGroups = "/greengrass/groups/";
  constexpr std::string_view kVersions = "/versions/";
  const bool is_group =
      arn.partition.starts_with("aws") && arn.service == "greengrass" && arn.resource.starts_with(kGroups);
  const std::string names = is_group ? arn.resource.substr(kGroups.size()) : "";
  const std::size_t end = names.find(kVersions);
  if (end == std::string::npos || end == 0 || end + kVersions.size() == names.size()) {
    return arn_member.error("is not the ARN of a group version");
  }
  out.id = GroupId(names.substr(0, end));
  out.version = names.substr(end + kVersions.size());
  return ok();
}

Result<void> read_core(const JsonReader& document, Group& out) {
  FESCUE_TRY(cores_member, document.get("Cores"));
  FESCUE_TRY(cores, cores_member.items());
  if (cores.size() != 1) return cores_member.error("must name exactly one core");
  FESCUE_TRY(thing_text, cores[0].string("thingArn"));
  auto thing = ThingArn::parse(thing_text);
  if (!thing) return cores[0].error(thing.error());
  out.core_thing = std::move(*thing);
  FESCUE_TRY(certificate, cores[0].string_or("certificateArn", ""));
  out.core_certificate_arn = std::move(certificate);
  return ok();
}

Result<Device> read_device(const JsonReader& entry) {
  Device out;
  FESCUE_TRY(member, entry.get("thingArn"));
  FESCUE_TRY(text, member.as_string());
  auto thing = ThingArn::parse(text);
  if (!thing) return member.error(thing.error());
  out.thing = std::move(*thing);
  FESCUE_TRY(certificate, entry.string("certificateArn"));
  out.certificate_arn = std::move(certificate);
  FESCUE_TRY(sync, entry.bool_or("syncShadow", false));
  out.sync_shadow = sync;
  return out;
}

Result<void> read_devices(const JsonReader& document, Group& out) {
  const std::optional<JsonReader> devices = document.find("Devices");
  if (!devices) return ok();
  FESCUE_TRY(items, devices->items());
  if (items.size() > kMaxDevicesPerGroup) {
    return devices->error(fmt::format("has more than {} entries", kMaxDevicesPerGroup));
  }
  for (const JsonReader& item : items) {
    FESCUE_TRY(device, read_device(item));
    out.devices.push_back(std::move(device));
  }
  return ok();
}

Result<SystemFunction> read_system_function(const JsonReader& entry) {
  SystemFunction out;
  FESCUE_TRY(member, entry.get("FunctionArn"));
  FESCUE_TRY(text, member.as_string());
  auto arn = FunctionArn::parse(text);
  if (!arn) return member.error(arn.error());
  if (!arn->is_system()) return member.error("is not the ARN of a system function");
  out.arn = std::move(*arn);
  FESCUE_TRY(variables, read_variables(entry));
  out.environment = std::move(variables);
  return out;
}

/// Members of a group that V1's file has no known place for.
Result<void> read_own(const JsonReader& own, Group& out) {
  FESCUE_TRY(sync, own.bool_or("syncCoreShadow", false));
  out.sync_core_shadow = sync;
  const std::optional<JsonReader> functions = own.find("systemFunctions");
  if (!functions) return ok();
  FESCUE_TRY(items, functions->items());
  if (items.size() > kMaxFunctionsPerGroup) return functions->error("has too many entries");
  for (const JsonReader& item : items) {
    FESCUE_TRY(function, read_system_function(item));
    out.system_functions.push_back(std::move(function));
  }
  return ok();
}

template <class Value, class Read>
Result<void> read_all(const JsonReader& definitions, std::string_view kind, std::size_t limit, Read read,
                      std::vector<Value>& out) {
  FESCUE_TRY(items, definition_content(definitions, kind));
  if (items.size() > limit) return definitions.error(fmt::format("{} has more than {} entries", kind, limit));
  for (const JsonReader& item : items) {
    FESCUE_TRY(value, read(item));
    out.push_back(std::move(value));
  }
  return ok();
}

Result<Group> read_group(const JsonReader& document) {
  Group out;
  FESCUE_CHECK(read_identity(document, out));
  FESCUE_CHECK(read_core(document, out));
  FESCUE_CHECK(read_devices(document, out));
  FESCUE_TRY(definitions, document.get("GroupDefinitions"));
  FESCUE_CHECK(read_all(definitions, "Resources", kMaxResourcesPerGroup, read_resource, out.resources));
  const auto read_lambda = [&out](const JsonReader& entry) { return read_function(entry, out.resources); };
  FESCUE_CHECK(read_all(definitions, "Lambdas", kMaxFunctionsPerGroup, read_lambda, out.functions));
  FESCUE_CHECK(read_all(definitions, "Subscriptions", kMaxSubscriptionsPerGroup, read_subscription, out.subscriptions));
  FESCUE_CHECK(read_all(definitions, "Logging", 16, read_logger, out.loggers));
  return out;
}

}  // namespace

std::string to_json(const DeploymentDocument& document) {
  json::object out = is_reset(document.type) ? json::object() : to_object(document.group);
  json::object own{{"protocol", kCoreProtocol},
                   {"deploymentId", document.deployment.str()},
                   {"deploymentType", name_of(document.type)}};
  if (!document.group.system_functions.empty()) own["systemFunctions"] = system_functions_json(document.group);
  if (document.group.sync_core_shadow) own["syncCoreShadow"] = true;
  out["fescue"] = std::move(own);
  return json::serialize(out);
}

Result<DeploymentDocument> parse_deployment_document(std::string_view text) {
  FESCUE_TRY(value, parse_json(text));
  const JsonReader root(value, "");
  FESCUE_TRY(own, root.get("fescue"));
  FESCUE_TRY(protocol, own.integer_or("protocol", 0, 0, 1000000));
  if (protocol != kCoreProtocol) return own.error(fmt::format("core protocol {} is not supported", protocol));
  DeploymentDocument out;
  FESCUE_TRY(id, own.string("deploymentId"));
  out.deployment = DeploymentId(id);
  FESCUE_TRY(type_name, own.string("deploymentType"));
  FESCUE_TRY(type, parse_deployment_type(type_name));
  out.type = type;
  if (is_reset(type)) return out;
  FESCUE_TRY(group, read_group(root));
  out.group = std::move(group);
  FESCUE_CHECK(read_own(own, out.group));
  return out;
}

}  // namespace fescue
