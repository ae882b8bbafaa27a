// Collecting what the parts of a running core count and know into CoreStatus, explanations and views of functions.
#include "core/admin/core_inspector.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/version.h"

namespace fescue {

namespace {

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_name : std::to_string(::geteuid());
}

}  // namespace

CoreInspector::CoreInspector(CoreParts parts, const CoreConfig& config, std::string root)
    : parts_(parts), root_(std::move(root)), thing_(config.thing_arn), control_plane_(config.iot_mqtt.str()) {}

CoreStatus CoreInspector::status() const {
  CoreStatus out;
  out.version = kVersion;
  out.root = root_;
  out.thing = thing_;
  out.pid = ::getpid();
  out.user = user_name();
  out.started = started_;
  out.memory = memory_of(0);
  out.group = parts_.agent.group();
  out.deployment = parts_.agent.current();
  out.functions = parts_.functions.functions();
  std::ranges::sort(out.functions, {}, &FunctionReport::arn);
  for (WorkerStatus& worker : parts_.functions.workers()) {
    const ProcessMemory memory = worker.pid == 0 ? ProcessMemory() : memory_of(worker.pid);
    out.workers.push_back({std::move(worker), memory});
  }
  out.invocations = parts_.functions.counters();
  out.control_plane = control_plane_;
  out.link = parts_.uplink.status();
  out.messages = parts_.dispatcher.counters();
  out.drops_remembered = parts_.dispatcher.drops().size();
  out.ipc = parts_.ipc.counters();
  out.warnings = warnings();
  return out;
}

Explanation CoreInspector::explain(const Endpoint& source, const Topic& topic) const {
  return fescue::explain(*parts_.dispatcher.table(), source, topic, parts_.dispatcher.drops());
}

std::optional<FunctionView> CoreInspector::function(const FunctionArn& function) const {
  auto plan = parts_.functions.plan_of(function);
  if (!plan) return std::nullopt;
  return FunctionView{function, std::move(*plan), parts_.functions.exits(function)};
}

std::vector<FunctionArn> CoreInspector::deployed() const {
  std::vector<FunctionArn> out;
  for (const FunctionReport& function : parts_.functions.functions()) {
    if (function.standing == lifecycle::Standing::serving) out.push_back(function.arn);
  }
  return out;
}

std::vector<std::string> CoreInspector::warnings() const {
  std::vector<std::string> out = parts_.functions.warnings();
  for (const FunctionReport& function : parts_.functions.functions()) {
    if (function.state != FunctionState::failed) continue;
    out.push_back(fmt::format("{} keeps failing: {}", function.arn.str(), function.last_failure));
  }
  return out;
}

}  // namespace fescue
