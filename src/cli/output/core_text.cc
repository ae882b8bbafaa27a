// The lines and tables of `fescue status` and `fescue explain`.
#include "cli/output/core_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"
#include "cli/output/core_document.h"
#include "cli/output/table.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

/// PSS when it is known, else what is resident.
std::uint64_t memory_kb(const json::value& owner) {
  const json::value& memory = member(owner, "memory");
  return member(memory, "pss_kb").is_null() ? number(memory, "rss_kb") : number(memory, "pss_kb");
}

std::string core_lines(const json::value& status) {
  const json::value& core = member(status, "core");
  std::string out = fmt::format("core {}: Fescue {}, up {}, pid {} as {}, {}\n", text(core, "thing"),
                                text(status, "version"), seconds_text(number(core, "uptime_seconds")),
                                number(core, "pid"), text(core, "user"), kilobytes_text(memory_kb(core)));
  const json::value& group = member(status, "group");
  const bool restoring = flag(status, "restoring");
  if (group.is_null()) return out + (restoring ? "group: being restored\n" : "group: nothing is deployed\n");
  return out + fmt::format("group {}: version {}, deployment {}, {} subscriptions{}\n", text(group, "id"),
                           text(group, "version"), text(group, "deployment"), number(group, "subscriptions"),
                           restoring ? "; being restored" : "");
}

std::string link_line(const json::value& status) {
  const json::value& link = member(status, "link");
  const std::string failure = line(link, "last_failure");
  const std::string state = flag(link, "connected") ? "connected"
                            : failure.empty()       ? "not connected"
                                                    : "not connected: " + failure;
  const std::string down = line(link, "control_plane_down");
  const std::string reason = down.empty() ? "" : "it does not run: " + down + "; `fescue logs cloud` may say more\n";
  return fmt::format("control plane {}: {}; {} messages wait ({}), {} sent, {} received, {} dropped\n{}",
                     text(link, "control_plane"), state, number(link, "messages_waiting"),
                     kilobytes_text(number(link, "bytes_waiting") / 1024), number(link, "messages_sent"),
                     number(link, "messages_received"), number(link, "messages_dropped"), reason);
}

std::string devices_line(const json::value& status) {
  const json::value& devices = member(status, "devices");
  if (number(devices, "configured") == 0) return "";
  const std::string closed = line(devices, "not_served");
  const std::string where = closed.empty() ? "at " + text(devices, "address") : "not served: " + closed;
  return fmt::format("devices: {} of {} connected, {}\n", number(devices, "connected"), number(devices, "configured"),
                     where);
}

std::string state_text(const json::value& status, const json::value& function) {
  std::string state = text(function, "state");
  if (flag(status, "restoring") && state != "running" && state != "idle") return "being restored";
  for (char& c : state) c = c == '_' ? ' ' : c;
  return flag(function, "deployed") ? state : state + " (being deployed)";
}

std::string functions_table(const json::value& status) {
  Table table({"FUNCTION", "VERSION", "KIND", "STATE", "WORKERS", "WAITING", "RESTARTS", "MEMORY", "PIDS"});
  for (const json::value& function : items(status, "functions")) {
    std::uint64_t kb = 0;
    std::vector<std::uint64_t> pids;
    for (const json::value& worker : items(function, "workers")) {
      kb += memory_kb(worker);
      pids.push_back(number(worker, "pid"));
    }
    table.add({text(function, "name"), text(function, "version"), flag(function, "pinned") ? "long-lived" : "on-demand",
               state_text(status, function), std::to_string(pids.size()), std::to_string(number(function, "waiting")),
               std::to_string(number(function, "restarts")), pids.empty() ? "-" : kilobytes_text(kb),
               fmt::format("{}", fmt::join(pids, " "))});
  }
  return table.empty() ? "" : "\n" + table.str();
}

std::string failures(const json::value& status) {
  std::string out;
  for (const json::value& function : items(status, "functions")) {
    if (line(function, "last_failure").empty()) continue;
    if (number(function, "failures") == 0) {
      out += fmt::format("{}:{}: its last worker that was lost: {}\n", text(function, "name"),
                         text(function, "version"), line(function, "last_failure"));
      continue;
    }
    out += fmt::format("{}:{} failed {} times in a row, last: {}\n", text(function, "name"), text(function, "version"),
                       number(function, "failures"), line(function, "last_failure"));
  }
  return out;
}

std::string counter_lines(const json::value& status) {
  const json::value& messages = member(status, "messages");
  const json::value& calls = member(status, "invocations");
  return fmt::format(
      "\nmessages: {} came in, {} deliveries, {} without a route, {} without room\n"
      "invocations: {} accepted, {} refused, {} timed out, {} events dropped; {} workers started, {} died\n",
      number(messages, "published"), number(messages, "delivered"), number(messages, "no_route"),
      number(messages, "no_room") + number(messages, "refused"), number(calls, "accepted"), number(calls, "refused"),
      number(calls, "timeouts"), number(calls, "dropped_events"), number(calls, "workers_started"),
      number(calls, "workers_died"));
}

std::string row_text(const json::value& row) {
  return fmt::format("{} -> {} -> {}", text(row, "source"), text(row, "subject"), text(row, "target"));
}

}  // namespace

std::string status_text(const json::value& status) {
  std::string out = core_lines(status) + link_line(status) + devices_line(status) + functions_table(status) +
                    failures(status) + counter_lines(status);
  for (const json::value& warning : items(status, "warnings")) {
    if (warning.is_string())
      out += fmt::format("warning: {}\n", printable(std::string_view(warning.get_string()), LineEnds::escape));
  }
  return out;
}

std::string explanation_text(const json::value& explanation) {
  std::string out = fmt::format("A message from {} on {} ", text(explanation, "source"), line(explanation, "topic"));
  const json::array& targets = items(explanation, "targets");
  out += targets.empty() ? "goes nowhere: no subscription allows it.\n" : "goes to:\n";
  for (const json::value& target : targets) {
    if (target.is_string()) out += fmt::format("  {}\n", std::string_view(target.get_string()));
  }
  if (!targets.empty()) {
    out += "by these subscriptions:\n";
    for (const json::value& row : items(explanation, "rows")) out += fmt::format("  {}\n", row_text(row));
  }
  const json::array& misses = items(explanation, "near_misses");
  if (!misses.empty()) out += "The nearest subscriptions:\n";
  for (const json::value& miss : misses) {
    out += fmt::format("  {}\n    {}\n", row_text(member(miss, "row")), line(miss, "why"));
  }
  if (const std::uint64_t dropped = number(explanation, "dropped"); dropped > 0) {
    out += fmt::format("Dropped {} times since the last deployment.\n", dropped);
  }
  const json::array& others = items(explanation, "other_drops");
  if (!others.empty()) out += "Dropped from the same source on other topics:\n";
  for (const json::value& drop : others) out += fmt::format("  {} {}\n", number(drop, "count"), line(drop, "topic"));
  return out;
}

}  // namespace fescue::cli
