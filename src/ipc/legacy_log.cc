// The members of a PutLogEvents-like body and the level that begins a line.
#include "ipc/legacy_log.h"

#include <limits>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "model/json_reader.h"

namespace fescue {

namespace {

/// The level of a "[LEVEL]-text" prefix, which is taken off `text`; info when there is none.
log::Level take_level(std::string_view& text) {
  const std::size_t end = text.find("]-");
  if (!text.starts_with('[') || end == std::string_view::npos) return log::Level::info;
  const auto level = log::parse_level(text.substr(1, end - 1));
  if (!level) return log::Level::info;
  text.remove_prefix(end + 2);
  return *level;
}

Result<LegacyLogLine> parse_line(const JsonReader& event) {
  FESCUE_TRY(message, event.string("message"));
  FESCUE_TRY(timestamp, event.integer_or("timestamp", 0, 0, std::numeric_limits<std::int64_t>::max() / 1'000'000));
  std::string_view text = message;
  LegacyLogLine line;
  line.level = take_level(text);
  line.time = from_epoch_milliseconds(timestamp);
  line.text = text;
  return line;
}

}  // namespace

Result<LegacyLogBatch> parse_legacy_log(std::string_view body) {
  FESCUE_TRY(document, parse_json(body));
  const JsonReader reader(document, "body");
  LegacyLogBatch batch;
  FESCUE_TRY(group, reader.string("logGroupName"));
  FESCUE_TRY(stream, reader.string_or("logStreamName", ""));
  FESCUE_TRY(event_list, reader.get("logEvents"));
  FESCUE_TRY(events, event_list.items());
  if (events.empty()) return event_list.error("must not be empty");
  if (events.size() > kMaxLegacyLogEvents) {
    return event_list.error(fmt::format("has more than {} events", kMaxLegacyLogEvents));
  }
  std::size_t bytes = 0;
  for (const JsonReader& event : events) {
    FESCUE_TRY(line, parse_line(event));
    bytes += line.text.size() + kLegacyLogEventOverhead;
    if (bytes > kMaxLegacyLogBytes) return event_list.error("is larger than 1 MiB");
    batch.lines.push_back(std::move(line));
  }
  batch.group = std::move(group);
  batch.stream = std::move(stream);
  return batch;
}

}  // namespace fescue
