// The messages between core and control plane as JSON, and the topics that they travel on (docs/core-protocol.md).
#include "model/deployment.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "model/json_reader.h"

namespace fescue {

namespace json = boost::json;

namespace {

/// A message of another protocol version is refused, not guessed at.
Result<void> check_protocol(const JsonReader& message) {
  FESCUE_TRY(protocol, message.integer_or("protocol", 0, 0, 1000000));
  if (protocol == kCoreProtocol) return ok();
  return Error(Code::invalid_argument,
               fmt::format("core protocol {} is not supported (this side speaks {})", protocol, kCoreProtocol));
}

template <class Value, std::size_t N>
Result<Value> parse_name(std::string_view text, const Value (&values)[N], std::string_view what) {
  for (const Value value : values) {
    if (name_of(value) == text) return value;
  }
  return Error(Code::invalid_argument, fmt::format("\"{}\" is not a {}", text, what));
}

}  // namespace

std::string_view name_of(DeploymentType type) {
  switch (type) {
    case DeploymentType::new_deployment:
      return "NewDeployment";
    case DeploymentType::redeployment:
      return "Redeployment";
    case DeploymentType::reset:
      return "ResetDeployment";
    case DeploymentType::force_reset:
      return "ForceResetDeployment";
  }
  return "";
}

bool is_reset(DeploymentType type) { return type == DeploymentType::reset || type == DeploymentType::force_reset; }

std::string_view name_of(DeploymentStatus status) {
  switch (status) {
    case DeploymentStatus::building:
      return "Building";
    case DeploymentStatus::in_progress:
      return "InProgress";
    case DeploymentStatus::success:
      return "Success";
    case DeploymentStatus::failure:
      return "Failure";
  }
  return "";
}

Result<DeploymentType> parse_deployment_type(std::string_view text) {
  static constexpr DeploymentType kAll[] = {DeploymentType::new_deployment, DeploymentType::redeployment,
                                            DeploymentType::reset, DeploymentType::force_reset};
  return parse_name(text, kAll, "deployment type");
}

Result<DeploymentStatus> parse_deployment_status(std::string_view text) {
  static constexpr DeploymentStatus kAll[] = {DeploymentStatus::building, DeploymentStatus::in_progress,
                                              DeploymentStatus::success, DeploymentStatus::failure};
  return parse_name(text, kAll, "deployment status");
}

std::string notify_topic(const ThingName& core) {
  return fmt::format("$fescue/cores/{}/deployments/notify", core.view());
}
std::string invocation_notify_topic(const ThingName& core) {
  return fmt::format("$fescue/cores/{}/invocations/notify", core.view());
}
std::string report_topic(const ThingName& core) {
  return fmt::format("$fescue/cores/{}/deployments/report", core.view());
}
std::string hello_topic(const ThingName& core) { return fmt::format("$fescue/cores/{}/hello", core.view()); }

ThingName core_of(const Topic& topic) {
  constexpr std::string_view kPrefix = "$fescue/cores/";
  FESCUE_ASSERT(topic.view().starts_with(kPrefix));
  const std::string_view rest = topic.view().substr(kPrefix.size());
  return ThingName(std::string(rest.substr(0, rest.find('/'))));
}

std::string to_json(const DeploymentNotice& notice) {
  return json::serialize(json::object{{"protocol", kCoreProtocol},
                                      {"deploymentId", notice.deployment.str()},
                                      {"deploymentType", name_of(notice.type)},
                                      {"groupId", notice.group.str()}});
}

std::string to_json(const DeploymentReport& report) {
  json::object out{
      {"protocol", kCoreProtocol}, {"deploymentId", report.deployment.str()}, {"status", name_of(report.status)}};
  if (!report.message.empty()) out["message"] = report.message;
  json::array details;
  for (const ErrorDetail& detail : report.details) {
    details.push_back(json::object{{"code", detail.code}, {"message", detail.message}});
  }
  if (!details.empty()) out["details"] = std::move(details);
  return json::serialize(out);
}

std::string to_json(const InvocationNotice& notice) {
  return json::serialize(json::object{{"protocol", kCoreProtocol}, {"invocationId", notice.invocation.str()}});
}

std::string to_json(const CoreHello& hello) {
  json::object out{{"protocol", kCoreProtocol}, {"version", hello.version}};
  if (!hello.instance.empty()) out["instance"] = hello.instance;
  if (hello.current) out["currentDeploymentId"] = hello.current->str();
  return json::serialize(out);
}

Result<DeploymentNotice> parse_notice(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader message(document, "");
  FESCUE_CHECK(check_protocol(message));
  FESCUE_TRY(id, message.string("deploymentId"));
  FESCUE_TRY(type_name, message.string("deploymentType"));
  FESCUE_TRY(type, parse_deployment_type(type_name));
  FESCUE_TRY(group, message.string("groupId"));
  return DeploymentNotice{DeploymentId(id), type, GroupId(group)};
}

Result<DeploymentReport> parse_report(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader message(document, "");
  FESCUE_CHECK(check_protocol(message));
  DeploymentReport report;
  FESCUE_TRY(id, message.string("deploymentId"));
  report.deployment = DeploymentId(id);
  FESCUE_TRY(status_name, message.string("status"));
  FESCUE_TRY(status, parse_deployment_status(status_name));
  report.status = status;
  FESCUE_TRY(sentence, message.string_or("message", ""));
  report.message = std::move(sentence);
  const std::optional<JsonReader> details = message.find("details");
  if (!details) return report;
  FESCUE_TRY(items, details->items());
  for (const JsonReader& item : items) {
    FESCUE_TRY(code, item.string("code"));
    FESCUE_TRY(why, item.string("message"));
    report.details.push_back({code, why});
  }
  return report;
}

Result<InvocationNotice> parse_invocation_notice(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader message(document, "");
  FESCUE_CHECK(check_protocol(message));
  FESCUE_TRY(id, message.string("invocationId"));
  return InvocationNotice{InvocationId(id)};
}

Result<CoreHello> parse_hello(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader message(document, "");
  FESCUE_CHECK(check_protocol(message));
  CoreHello hello;
  FESCUE_TRY(version, message.string("version"));
  hello.version = std::move(version);
  FESCUE_TRY(instance, message.string_or("instance", ""));
  hello.instance = std::move(instance);
  FESCUE_TRY(current, message.string_or("currentDeploymentId", ""));
  if (!current.empty()) hello.current = DeploymentId(current);
  return hello;
}

}  // namespace fescue
