// Asking the parts of a running core, and putting what they say together.
#include "core/admin/core_inspector.h"

#include <unistd.h>

#include <boost/json.hpp>

#include "base/version.h"
#include "sys/process/privileges.h"

namespace fescue {

namespace json = boost::json;

CoreInspector::CoreInspector(const FunctionService& functions, const Dispatcher& dispatcher,
                             const DeploymentAgent& agent, const CoreConfig& config, std::string root)
    : functions_(functions), dispatcher_(dispatcher), agent_(agent), root_(std::move(root)), thing_(config.thing_arn) {}

CoreStatus CoreInspector::status() const {
  CoreStatus out;
  out.version = kVersion;
  out.root = root_;
  out.thing = thing_;
  out.pid = ::getpid();
  out.user = user_name(::geteuid());
  out.started = started_;
  out.memory = memory_of(0);
  out.group = agent_.group();
  out.deployment = agent_.current();
  return out;
}

std::string CoreInspector::status_json() const {
  json::object out;
  add_status(out, status(), wall_now());
  sources_.add_status(out);
  return json::serialize(out);
}

std::string CoreInspector::metrics_text() const {
  MetricsText out;
  add_metrics(out, status(), wall_now());
  sources_.add_metrics(out);
  return out.take();
}

Explanation CoreInspector::explain(const Endpoint& source, const Topic& topic) const {
  return fescue::explain(*dispatcher_.table(), source, topic, dispatcher_.drops());
}

std::optional<FunctionView> CoreInspector::function(const FunctionArn& function) const {
  auto plan = functions_.plan_of(function);
  if (!plan) return std::nullopt;
  return FunctionView{function, std::move(*plan), functions_.exits(function)};
}

}  // namespace fescue
