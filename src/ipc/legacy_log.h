// What functions of GGC 1.0's time send to POST /cloudwatch/logs/: a PutLogEvents-like body
// (docs/compatibility/local-api.md#legacy-logs). Pure parsing; where the lines go is the daemon's business.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "engine/ports/worker_gateway.h"

namespace fescue {

struct LegacyLogLine {
  log::Level level = log::Level::info;  // from the message's "[LEVEL]-" prefix, which is taken off
  WallTime time;
  std::string text;
};

struct LegacyLogBatch {
  std::string group;   // "/GreengrassSystem/python_runtime" or "/Lambda/{region}/{account}/{function}"
  std::string stream;  // "fromPythonAppender", "fromNodeAppender"
  std::vector<LegacyLogLine> lines;
};

inline constexpr std::size_t kMaxLegacyLogEvents = 10000;
inline constexpr std::size_t kMaxLegacyLogBytes = 1024 * 1024;
inline constexpr std::size_t kLegacyLogEventOverhead = 26;

/// Error: invalid_argument naming the member; no events, too many or too large are errors too.
Result<LegacyLogBatch> parse_legacy_log(std::string_view body);

/// Takes the lines of an authenticated worker. The group name is the sender's claim and no proof of anything.
using LegacyLogSink = std::function<void(const WorkerIdentity& sender, LegacyLogBatch batch)>;

}  // namespace fescue
