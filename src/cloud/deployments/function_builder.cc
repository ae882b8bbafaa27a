// Defaults, the runtime's own rules, and what must be in an executable's package.
#include "cloud/deployments/function_builder.h"

#include <fmt/format.h>

#include "cloud/deployments/resource_builder.h"

namespace fescue::cloud {

namespace {

void check_executable(const FunctionEntry& entry, const FunctionFacts& facts, FunctionConfig& config,
                      std::vector<ErrorDetail>& problems) {
  const auto add = [&](std::string message) {
    problems.push_back(
        {"InvalidFunctionConfiguration", fmt::format("function {}: {}", entry.arn.str(), std::move(message))});
  };
  // AWS documents binary only, and people leave it out.
  if (entry.encoding == Encoding::json) add("an executable needs the EncodingType binary");
  config.encoding = Encoding::binary;
  if (facts.files && !facts.files->contains(config.handler)) {
    add(fmt::format("there is no file \"{}\" in the package, which Executable or Handler names", config.handler));
  }
}

}  // namespace

FunctionConfig build_function(const FunctionEntry& entry, const GroupDefinitions& group, const FunctionFacts* facts,
                              std::vector<ErrorDetail>& problems) {
  const auto add = [&](std::string_view code, std::string message) {
    problems.push_back({std::string(code), fmt::format("function {}: {}", entry.arn.str(), std::move(message))});
  };
  if (facts == nullptr) {
    add("InvalidFunctionArn", "there is no such version or alias");
    return {};
  }
  if (facts->version.number == kLatest) {
    add("InvalidFunctionArn",
        "the alias points to $LATEST, which a group cannot use: publish a version and move it there");
    return {};
  }
  const LambdaVersion& version = facts->version;
  FunctionConfig config;
  config.arn = entry.arn.with_qualifier(std::to_string(version.number));
  config.runtime = entry.runtime_override.empty() ? version.configuration.runtime : entry.runtime_override;
  config.handler = entry.executable.empty() ? version.configuration.handler : entry.executable;
  config.artifact = version.code.hash;
  config.artifact_bytes = version.code.bytes;
  config.pinned = entry.pinned;
  config.timeout = entry.timeout.value_or(config.timeout);
  config.memory_kb = entry.memory_kb;
  config.encoding = entry.encoding.value_or(Encoding::json);
  config.exec_args = entry.exec_args;
  config.environment = entry.variables;
  config.access_sysfs = entry.access_sysfs;
  const Execution& defaults = group.default_execution;
  config.isolation = effective_isolation(entry, defaults);
  config.run_as.uid = entry.execution.run_as.uid ? entry.execution.run_as.uid : defaults.run_as.uid;
  config.run_as.gid = entry.execution.run_as.gid ? entry.execution.run_as.gid : defaults.run_as.gid;
  config.resources = attach_resources(entry, config.isolation, group.resources, problems);
  if (config.runtime == kExecutableRuntime) check_executable(entry, *facts, config, problems);
  return config;
}

}  // namespace fescue::cloud
