// Who the core is and which group it runs, as JSON and as Prometheus samples.
#include "core/admin/core_status.h"

#include <algorithm>

#include <boost/json.hpp>

#include "functions/function_status.h"

namespace fescue {

namespace json = boost::json;

namespace {

std::int64_t uptime_seconds(const CoreStatus& status, WallTime now) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - status.started).count());
}

json::object core_json(const CoreStatus& status, WallTime now) {
  return {{"thing", status.thing.empty() ? "" : status.thing.thing_name().str()},
          {"thing_arn", status.thing.str()},
          {"root", status.root},
          {"pid", status.pid},
          {"user", status.user},
          {"started", iso8601_utc(status.started)},
          {"uptime_seconds", uptime_seconds(status, now)},
          {"memory", memory_json(status.memory)}};
}

json::value group_json(const CoreStatus& status) {
  if (!status.group) return nullptr;
  return json::object{{"id", status.group->id.str()},
                      {"version", status.group->version},
                      {"deployment", status.deployment ? json::value(status.deployment->str()) : json::value()},
                      {"subscriptions", status.group->subscriptions.size()}};
}

}  // namespace

void add_status(json::object& out, const CoreStatus& status, WallTime now) {
  out["version"] = status.version;
  out["core"] = core_json(status, now);
  out["group"] = group_json(status);
}

void add_metrics(MetricsText& out, const CoreStatus& status, WallTime now) {
  out.gauge("fescue_core_info", "Always 1; the labels say what runs.", 1,
            {{"version", status.version},
             {"thing", status.thing.empty() ? "" : status.thing.thing_name().str()},
             {"group_version", status.group ? status.group->version : ""}});
  out.gauge("fescue_uptime_seconds", "Since the core started.",
            static_cast<std::uint64_t>(uptime_seconds(status, now)));
  if (status.memory.rss_kb) {
    out.gauge("fescue_core_resident_bytes", "Resident memory of the core.", *status.memory.rss_kb * 1024);
  }
}

}  // namespace fescue
