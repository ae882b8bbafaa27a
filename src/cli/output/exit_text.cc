// Finding the exit records in runtime.log and telling each as a paragraph.
#include "cli/output/exit_text.h"

#include <deque>
#include <optional>

#include <fmt/format.h>

#include "base/printable.h"
#include "cli/output/core_document.h"
#include "cli/output/table.h"
#include "model/arn.h"
#include "model/json_reader.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

struct Record {
  std::string time;
  json::value facts;
};

/// "[time][LEVEL]-text<TAB>{...}" with a cause in the braces.
std::optional<Record> parse_record(std::string_view line) {
  const std::size_t tab = line.find('\t');
  const std::size_t bracket = line.find(']');
  if (tab == std::string_view::npos || bracket == std::string_view::npos || !line.starts_with('[')) return std::nullopt;
  if (line.find("\"cause\":", tab) == std::string_view::npos) return std::nullopt;
  auto value = parse_json(line.substr(tab + 1));
  if (!value || text(*value, "funcArn").empty()) return std::nullopt;
  return Record{std::string(line.substr(1, bracket - 1)), std::move(*value)};
}

bool is_about(const json::value& facts, std::string_view function) {
  if (function.empty()) return true;
  const std::string arn = text(facts, "funcArn");
  if (arn == function) return true;
  const auto parsed = FunctionArn::parse(arn);
  return parsed && (parsed->name() == function || parsed->unqualified().str() == function ||
                    fmt::format("{}:{}", parsed->name(), parsed->qualifier()) == function);
}

std::string indented(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    out += fmt::format("    {}\n", printable(lines.substr(0, end), LineEnds::escape));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

std::string record_text(const Record& record) {
  const json::value& facts = record.facts;
  std::string out = fmt::format("{}  {}\n  {}: {}\n", record.time, line(facts, "funcArn"), line(facts, "cause"),
                                line(facts, "reason"));
  if (const std::string help = line(facts, "suggestion"); !help.empty()) out += fmt::format("  -> {}\n", help);
  const std::uint64_t limit = number(facts, "memSize");
  out += fmt::format("  worker {}, pid {}, lived {} ms, at most {}{}, {} ms of CPU time\n", line(facts, "workerId"),
                     number(facts, "pid"), number(facts, "livedMs"), kilobytes_text(number(facts, "memUsed")),
                     limit == 0 ? "" : fmt::format(" of {}", kilobytes_text(limit)), number(facts, "cpuUs") / 1000);
  if (const std::string ids = line(facts, "invocations"); !ids.empty()) out += fmt::format("  had: {}\n", ids);
  if (const std::string output = text(facts, "output"); !output.empty()) {
    out += "  its last words:\n" + indented(output);
  }
  return out;
}

}  // namespace

std::string exits_text(std::string_view log, std::string_view function, std::size_t count) {
  std::deque<Record> last;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    auto record = parse_record(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
    if (!record || text(record->facts, "cause") == "stopped" || !is_about(record->facts, function)) continue;
    last.push_back(std::move(*record));
    if (last.size() > count) last.pop_front();
  }
  std::string out;
  for (const Record& record : last) out += (out.empty() ? "" : "\n") + record_text(record);
  return out;
}

}  // namespace fescue::cli
