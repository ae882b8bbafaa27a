// What the control plane and the core tell each other about deployments, and about invocations that clients of the
// control plane ask of the core (docs/core-protocol.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/arn.h"
#include "model/group.h"
#include "model/ids.h"

namespace fescue {

inline constexpr int kCoreProtocol = 1;

enum class DeploymentType { new_deployment, redeployment, reset, force_reset };
enum class DeploymentStatus { building, in_progress, success, failure };

/// AWS's spellings: "NewDeployment" ..., "Building" ...
std::string_view name_of(DeploymentType type);
std::string_view name_of(DeploymentStatus status);
/// ResetDeployment and ForceResetDeployment: their documents have no group.
bool is_reset(DeploymentType type);
Result<DeploymentType> parse_deployment_type(std::string_view text);
Result<DeploymentStatus> parse_deployment_status(std::string_view text);

struct ErrorDetail {
  std::string code;     // DetailedErrorCode
  std::string message;  // DetailedErrorMessage
  friend bool operator==(const ErrorDetail&, const ErrorDetail&) = default;
};

/// Control plane to core, by MQTT: there is something to fetch.
struct DeploymentNotice {
  DeploymentId deployment;
  DeploymentType type = DeploymentType::new_deployment;
  GroupId group;
};

/// Core to control plane, by MQTT.
struct DeploymentReport {
  DeploymentId deployment;
  DeploymentStatus status = DeploymentStatus::in_progress;
  std::string message;  // on failure: what went wrong and what to do; on success: what to know all the same
  std::vector<ErrorDetail> details;
};

/// The frozen document, by HTTPS. `group` is absent for resets.
struct DeploymentDocument {
  DeploymentId deployment;
  DeploymentType type = DeploymentType::new_deployment;
  Group group;
};

/// Control plane to core, by MQTT: a caller wants a function invoked; the request is to be fetched.
struct InvocationNotice {
  InvocationId invocation;
};

/// Core to control plane when it connects: what it runs now. The answer is a notice if something waits for it.
struct CoreHello {
  std::string version;   // of the software
  std::string instance;  // of the process: another one after each start; may be empty
  std::optional<DeploymentId> current;
};

// Topics, by thing name.
std::string notify_topic(const ThingName& core);             // $fescue/cores/<core>/deployments/notify
std::string invocation_notify_topic(const ThingName& core);  // $fescue/cores/<core>/invocations/notify
std::string report_topic(const ThingName& core);             // $fescue/cores/<core>/deployments/report
std::string hello_topic(const ThingName& core);              // $fescue/cores/<core>/hello
/// The core of any of them; `topic` is one.
ThingName core_of(const Topic& topic);

// JSON of the five. Parsing is strict about types and tolerant of unknown members.
std::string to_json(const DeploymentNotice& notice);
std::string to_json(const DeploymentReport& report);
std::string to_json(const InvocationNotice& notice);
std::string to_json(const CoreHello& hello);
Result<DeploymentNotice> parse_notice(std::string_view json);
Result<DeploymentReport> parse_report(std::string_view json);
Result<InvocationNotice> parse_invocation_notice(std::string_view json);
Result<CoreHello> parse_hello(std::string_view json);

}  // namespace fescue
