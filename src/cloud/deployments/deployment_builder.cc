// Builder: takes one kind after the other into the document and adds each problem that it meets.
#include "cloud/deployments/deployment_builder.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cloud/deployments/device_builder.h"
#include "cloud/deployments/function_builder.h"
#include "cloud/deployments/resource_builder.h"
#include "model/group_json.h"
#include "model/limits.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxLoggers = 16;

/// docs/compatibility/local-api.md#system-functions.
constexpr std::string_view kSystemFunctions[] = {
    "GGCloudSpooler",  "GGConnManager",   "GGDeviceCertificateManager", "GGIPDetector",    "GGRouter",
    "GGSecretManager", "GGShadowService", "GGShadowSyncManager",        "GGStreamManager", "GGTES",
    "GGTESService"};

std::string reset_command(const GroupId& group) {
  return fmt::format("aws greengrass reset-deployments --group-id {} (with --force if that core is gone)",
                     group.view());
}

class Builder {
 public:
  explicit Builder(const BuildInput& input) : input_(input), definitions_(input.definitions) {
    problems_ = definitions_.problems;
  }

  BuildOutcome build() {
    Group& group = document_.group;
    document_.deployment = input_.deployment;
    document_.type = input_.type;
    group.id = input_.group;
    group.version = input_.group_version;
    group.region = input_.region;
    group.account = input_.account;
    refuse_unbuilt_kinds();
    take_core(group);
    group.devices = build_devices(definitions_.devices, input_.devices, problems_);
    for (const Device& device : group.devices) devices_.insert(device.thing);
    group.resources = build_resources(definitions_.resources, problems_);
    take_functions(group);
    take_subscriptions(group);
    take_loggers(group);
    if (problems_.empty() && to_json(document_).size() > kMaxDocumentBytes) {
      add("GroupTooLarge", fmt::format("the group takes more than {} bytes as a document", kMaxDocumentBytes));
    }
    return {std::move(document_), std::move(problems_)};
  }

 private:
  void add(std::string_view code, std::string message) { problems_.push_back({std::string(code), std::move(message)}); }

  void refuse_unbuilt_kinds() {
    if (definitions_.connectors == 0) return;
    add("NotSupportedYet", fmt::format("connectors are not supported yet: the group has {}", definitions_.connectors));
  }

  void take_core(Group& group) {
    if (definitions_.cores.size() != 1) {
      return add("InvalidCoreDefinition",
                 fmt::format("a group needs exactly one core; this one has {}", definitions_.cores.size()));
    }
    const ThingEntry& core = definitions_.cores.front();
    group.core_thing = core.thing;
    group.core_certificate_arn = core.certificate_arn;
    group.sync_core_shadow = core.sync_shadow;
    const std::string name = core.thing.thing_name().str();
    if (!input_.core.thing_exists) add("InvalidCoreDefinition", fmt::format("the thing {} does not exist", name));
    if (input_.core.certificate != CertificateStatus::active) {
      add("InvalidCoreCertificate",
          fmt::format("the certificate {} is {}", core.certificate_arn,
                      input_.core.certificate ? fmt::format("{}, not ACTIVE", name_of(*input_.core.certificate))
                                              : std::string("not registered")));
    } else if (!input_.core.certificate_attached) {
      add("InvalidCoreCertificate",
          fmt::format("the certificate {} is not attached to the thing {}", core.certificate_arn, name));
    }
    check_moves(name);
  }

  /// V1: to move a core to another group, the old group must be reset first.
  void check_moves(const std::string& name) {
    if (!input_.core.held_by.empty()) {
      add("InvalidCoreDefinition",
          fmt::format("the core {} runs the group \"{}\" ({}); reset that one first: {}", name, input_.core.holder,
                      input_.core.held_by.str(), reset_command(input_.core.held_by)));
    }
    if (!input_.core.deployed_on.empty()) {
      add("InvalidCoreDefinition",
          fmt::format("the group is deployed on the core {}; reset it there before it moves to "
                      "{}: {}",
                      input_.core.deployed_on.str(), name, reset_command(input_.group)));
    }
  }

  void take_functions(Group& group) {
    if (definitions_.functions.size() > kMaxFunctionsPerGroup) {
      return add("InvalidFunctionConfiguration",
                 fmt::format("a group has at most {} functions", kMaxFunctionsPerGroup));
    }
    std::set<FunctionArn> seen;
    for (const FunctionEntry& entry : definitions_.functions) {
      if (is_system_function(entry.arn)) {
        take_system_function(entry, group);
        continue;
      }
      if (entry.arn.region() != input_.region.view() || entry.arn.account() != input_.account.view()) {
        add("InvalidFunctionArn", fmt::format("function {}: this instance is region {}, account {}", entry.arn.str(),
                                              input_.region.view(), input_.account.view()));
        continue;
      }
      const auto facts = input_.functions.find(entry.arn);
      FunctionConfig config =
          build_function(entry, definitions_, facts == input_.functions.end() ? nullptr : &facts->second, problems_);
      if (config.arn.empty()) continue;
      if (!seen.insert(config.arn).second) {
        add("InvalidFunctionArn", fmt::format("{} is in the group twice", config.arn.str()));
      }
      resolved_[entry.arn] = config.arn;
      group.functions.push_back(std::move(config));
    }
  }

  /// A part of the core. Which of them it has is for the core to say (core/unbuilt_parts.h).
  void take_system_function(const FunctionEntry& entry, Group& group) {
    if (std::ranges::find(kSystemFunctions, entry.arn.name()) == std::end(kSystemFunctions)) {
      return add("InvalidFunctionArn", fmt::format("function {}: there is no such system function; there are: {}",
                                                   entry.arn.str(), fmt::join(kSystemFunctions, ", ")));
    }
    for (const SystemFunction& other : group.system_functions) {
      if (other.arn.name() != entry.arn.name()) continue;
      return add("InvalidFunctionArn", fmt::format("{} is in the group twice", entry.arn.name()));
    }
    group.system_functions.push_back({entry.arn, entry.variables});
  }

  void take_subscriptions(Group& group) {
    if (definitions_.subscriptions.size() > kMaxSubscriptionsPerGroup) {
      return add("InvalidSubscription", fmt::format("a group has at most {} subscriptions", kMaxSubscriptionsPerGroup));
    }
    for (const Subscription& entry : definitions_.subscriptions) {
      const auto source = take_endpoint(entry, entry.source);
      const auto target = take_endpoint(entry, entry.target);
      if (source && target) group.subscriptions.push_back({entry.id, *source, entry.subject, *target});
    }
  }

  std::optional<Endpoint> take_endpoint(const Subscription& entry, const Endpoint& end) {
    const auto refuse = [&](std::string_view code, std::string_view why) {
      add(code, fmt::format("subscription {}: {} {}", entry.id, end.str(), why));
      return std::nullopt;
    };
    switch (end.kind()) {
      case EndpointKind::cloud:
        return end;
      case EndpointKind::shadow:
        return refuse("NotSupportedYet", "is not supported yet as an end of a subscription");
      case EndpointKind::thing:
        if (devices_.contains(std::get<ThingArn>(end.value()))) return end;
        return refuse("InvalidSubscription", "is not a client device of the group (spell it exactly as there)");
      case EndpointKind::connector:
        return refuse("NotSupportedYet", "is a connector; those are not supported yet");
      case EndpointKind::function:
        break;
    }
    const FunctionArn& arn = *end.as_function();
    const auto resolved = resolved_.find(arn);
    if (resolved != resolved_.end()) return Endpoint::function(resolved->second);
    // What is wrong with a function that is in the group has been said already.
    for (const FunctionEntry& function : definitions_.functions) {
      if (function.arn == arn) return std::nullopt;
    }
    return refuse("InvalidSubscription", "is not a function of the group (spell it exactly as there)");
  }

  void take_loggers(Group& group) {
    if (definitions_.loggers.size() > kMaxLoggers) {
      return add("InvalidLogger", fmt::format("a group has at most {} loggers", kMaxLoggers));
    }
    for (const LoggerEntry& entry : definitions_.loggers) group.loggers.push_back(entry.config);
  }

  const BuildInput& input_;
  const GroupDefinitions& definitions_;
  DeploymentDocument document_;
  std::vector<ErrorDetail> problems_;
  std::set<ThingArn> devices_;
  std::map<FunctionArn, FunctionArn> resolved_;  // as written -> with its version number
};

}  // namespace

BuildOutcome build_deployment(const BuildInput& input) { return Builder(input).build(); }

}  // namespace fescue::cloud
