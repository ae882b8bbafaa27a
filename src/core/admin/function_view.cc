// The JSON of a launch plan and of the exits of a function's workers.
#include "core/admin/function_view.h"

#include <boost/json.hpp>

#include "base/clock.h"

namespace fescue {

namespace json = boost::json;

namespace {

json::object mount(std::string_view place, std::string_view source, std::string_view access, std::string_view what) {
  return {{"place", place}, {"source", source}, {"access", access}, {"what", what}};
}

std::string_view access_of(const LaidOutResource& resource) {
  return resource.access == HostResource::Access::read_write ? "rw" : "ro";
}

json::array mounts_json(const LaunchPlan& plan) {
  json::array out;
  if (!plan.container) return out;
  out.push_back(mount("/", "the host's /, under a layer that is thrown away", "rw", "root"));
  out.push_back(mount(kPackagePlace, plan.code, "ro", "package"));
  out.push_back(mount(kRuntimesPlace, "", "ro", "language runtimes"));
  out.push_back(mount(kSocketPlace, "", "rw", "the core's local API"));
  out.push_back(mount("/tmp", "", "rw", "private, gone with the worker"));
  out.push_back(mount("/proc", "", "rw", "its own processes"));
  if (plan.container->sysfs) out.push_back(mount("/sys", "/sys", "ro", "AccessSysfs"));
  for (const std::string_view home : kHomes) out.push_back(mount(home, "", "ro", "empty: homes are not shown"));
  for (const LaidOutResource& resource : plan.container->resources) {
    if (resource.kind != HostResource::Kind::volume) continue;
    out.push_back(mount(resource.destination, resource.source, access_of(resource), "resource " + resource.id));
  }
  return out;
}

json::array devices_json(const LaunchPlan& plan) {
  json::array out;
  if (!plan.container) return out;
  for (const LaidOutResource& resource : plan.container->resources) {
    if (resource.kind != HostResource::Kind::device) continue;
    out.push_back(mount(resource.destination, resource.source, access_of(resource), "resource " + resource.id));
  }
  return out;
}

json::object plan_json(const LaunchPlan& plan) {
  const HostView host = this_host();
  json::array groups;
  if (plan.container) {
    for (const gid_t gid : plan.container->groups) {
      groups.push_back(json::object{{"gid", gid}, {"name", host.group_name(gid)}});
    }
  }
  json::array notes;
  for (const std::string& note : plan.notes) notes.push_back(json::string(note));
  json::array variables;  // names alone: values may be secrets
  for (const auto& [name, value] : plan.function.environment) variables.push_back(json::string(name));
  return {{"isolation", plan.container ? "GreengrassContainer" : "NoContainer"},
          {"runtime", plan.function.runtime},
          {"interpreter", plan.interpreter},
          {"handler", plan.function.handler},
          {"uid", plan.user.uid},
          {"user", host.user_name(plan.user.uid)},
          {"gid", plan.user.gid},
          {"group", host.group_name(plan.user.gid)},
          {"groups", std::move(groups)},
          {"home", plan.home},
          {"memory_limit_kb", plan.limits.memory_kb},
          {"processes_limit", plan.limits.processes},
          {"cpu_weight", plan.limits.cpu_weight},
          {"timeout_seconds", plan.function.timeout.count()},
          {"package", plan.code},
          {"mounts", mounts_json(plan)},
          {"devices", devices_json(plan)},
          {"variables", std::move(variables)},
          {"notes", std::move(notes)}};
}

json::object exit_json(const ExitRecord& record) {
  json::array invocations;
  for (const InvocationId& id : record.invocations) invocations.push_back(json::string(id.str()));
  return {{"time", iso8601_utc(record.time)},
          {"worker", record.worker.str()},
          {"pid", record.pid},
          {"cause", name_of(record.cause)},
          {"text", record.text},
          {"suggestion", record.suggestion},
          {"lived_ms", record.lived.count()},
          {"exit_code", record.exit.exit_code},
          {"signal", record.exit.signal},
          {"peak_memory_kb", record.exit.peak_memory_kb},
          {"memory_limit_kb", record.exit.memory_limit_kb},
          {"cpu_us", record.exit.cpu.count()},
          {"invocations", std::move(invocations)},
          {"output", record.output}};
}

}  // namespace

std::string to_json(const FunctionView& view) {
  json::array exits;
  for (const ExitRecord& record : view.exits) exits.push_back(exit_json(record));
  return json::serialize(json::object{{"arn", view.arn.str()},
                                      {"plan", view.plan ? json::value(plan_json(*view.plan)) : json::value()},
                                      {"why_not", view.plan ? "" : view.plan.error().message()},
                                      {"exits", std::move(exits)}});
}

}  // namespace fescue
