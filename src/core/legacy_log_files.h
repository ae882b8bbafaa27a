// Where the lines go that functions of GGC 1.0's time send over IPC: into the functions' own log files.
#pragma once

#include "functions/function_service.h"
#include "ipc/legacy_log.h"

namespace fescue {

/// `functions` outlives the sink.
inline LegacyLogSink log_files_of(FunctionService& functions) {
  return [&functions](const WorkerIdentity& sender, const LegacyLogBatch& batch) {
    for (const LegacyLogLine& line : batch.lines) functions.log_line(sender.function, line.level, line.text);
  };
}

}  // namespace fescue
