// The lines of `fescue status FUNCTION`.
#include "cli/output/function_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"
#include "cli/output/core_document.h"
#include "cli/output/table.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

std::string identity(const json::value& plan) {
  std::vector<std::string> groups;
  for (const json::value& group : items(plan, "groups")) {
    groups.push_back(fmt::format("{} ({})", text(group, "name"), number(group, "gid")));
  }
  return fmt::format("runs as {} ({}), group {} ({}){}, home {}\n", text(plan, "user"), number(plan, "uid"),
                     text(plan, "group"), number(plan, "gid"),
                     groups.empty() ? "" : fmt::format(", and {}", fmt::join(groups, ", ")), text(plan, "home"));
}

std::string limits(const json::value& plan) {
  const auto bound = [](std::uint64_t count) { return count == 0 ? "unlimited" : std::to_string(count); };
  const std::uint64_t memory = number(plan, "memory_limit_kb");
  return fmt::format("limits: memory {}, processes and threads {}, CPU weight {}, {} s for a call\n",
                     memory == 0 ? "unlimited" : kilobytes_text(memory), bound(number(plan, "processes_limit")),
                     number(plan, "cpu_weight") == 0 ? "none" : bound(number(plan, "cpu_weight")),
                     number(plan, "timeout_seconds"));
}

std::string places(const json::value& plan) {
  Table table({"PLACE", "ACCESS", "SOURCE", "WHAT"});
  for (const char* list : {"mounts", "devices"}) {
    for (const json::value& row : items(plan, list)) {
      table.add({text(row, "place"), text(row, "access"), text(row, "source").empty() ? "-" : text(row, "source"),
                 text(row, "what")});
    }
  }
  return table.empty() ? "it sees the host as its user does\n" : "\n" + table.str();
}

std::string exits(const json::value& view) {
  std::string out;
  const json::array& all = items(view, "exits");
  for (std::size_t i = all.size() > 3 ? all.size() - 3 : 0; i < all.size(); ++i) {
    out += fmt::format("worker ended {}: {}: {}\n", line(all[i], "time"), line(all[i], "cause"), line(all[i], "text"));
    if (const std::string help = line(all[i], "suggestion"); !help.empty()) out += fmt::format("  -> {}\n", help);
  }
  return out.empty() ? "" : "\n" + out;
}

}  // namespace

std::string function_text(const json::value& view) {
  std::string out = fmt::format("function {}\n", text(view, "arn"));
  const json::value& plan = member(view, "plan");
  if (plan.is_null()) return out + fmt::format("it cannot be started: {}\n", line(view, "why_not")) + exits(view);
  const std::string interpreter = line(plan, "interpreter");
  out += fmt::format("{}, {}{}, handler {}\n", text(plan, "isolation"), text(plan, "runtime"),
                     interpreter.empty() ? "" : " by " + interpreter, line(plan, "handler"));
  out += identity(plan) + limits(plan) + places(plan);
  for (const json::value& note : items(plan, "notes")) {
    if (note.is_string())
      out += fmt::format("note: {}\n", printable(std::string_view(note.get_string()), LineEnds::escape));
  }
  return out + exits(view);
}

}  // namespace fescue::cli
