// What the functions contribute to status and metrics, from values. Members of the JSON and names of metrics are
// only ever added.
#pragma once

#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/metrics_text.h"
#include "engine/lifecycle/lifecycle_types.h"
#include "engine/ports/worker_gateway.h"
#include "functions/function_service.h"
#include "sys/process/process_memory.h"

namespace fescue {

struct WorkerView {
  WorkerStatus status;
  ProcessMemory memory;
};

/// "idle", "starting", "running", "waiting_to_restart", "failed".
std::string_view name_of(FunctionState state);

boost::json::object memory_json(const ProcessMemory& memory);

/// `workers`: those with a process; a pinned function without one may have an entry with pid 0, which is left out.
boost::json::array functions_json(const std::vector<FunctionReport>& functions, const std::vector<WorkerView>& workers);
boost::json::object invocations_json(const FunctionCounters& counters);

void add_function_metrics(MetricsText& out, const FunctionCounters& counters,
                          const std::vector<FunctionReport>& functions);

}  // namespace fescue
