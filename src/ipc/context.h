// What the operations of the IPC API share: the ports they act on, the results that wait, and the counts.
#pragma once

#include <cstdint>
#include <memory>

#include "base/log_throttle.h"
#include "engine/ports/invoker.h"
#include "engine/ports/publisher.h"
#include "engine/ports/worker_gateway.h"
#include "ipc/legacy_log.h"
#include "ipc/result_table.h"

namespace fescue {

struct IpcPorts {
  WorkerGateway& workers;
  Invoker& invoker;
  Publisher& publisher;
  LegacyLogSink legacy_log;  // may be empty: accepted and dropped
};

/// Ever-growing counts of what was refused or thrown away.
struct IpcCounters {
  std::uint64_t bad_requests = 0;         // not HTTP, or too large, or too slow
  std::uint64_t refused_tokens = 0;       // 403: no token, unknown token, wrong uid, another worker's socket or work
  std::uint64_t refused_peers = 0;        // connections of another uid to a worker's socket
  std::uint64_t refused_calls = 0;        // everything else that is answered 4xx or 5xx: no such path, function, id ...
  std::uint64_t discarded_results = 0;    // results that nobody fetched in time
  std::uint64_t refused_bodies = 0;       // 503: what is read of bodies had no room for more
  std::uint64_t body_bytes = 0;           // that bodies take now, while they are read
  std::uint64_t lost_answers = 0;         // 503, or closed: what waits to be read had no room for more
  std::uint64_t answer_bytes = 0;         // that answers take now, while they wait to be read
  std::uint64_t refused_connections = 0;  // of a worker that has too many already, or beyond all there may be
  std::uint64_t gave_way = 0;             // connections on which nobody had made itself known, closed for newer ones
  std::size_t worker_connections = 0;     // now
  std::size_t new_connections = 0;        // now: nobody has made itself known
  std::size_t waiting_results = 0;        // now: calls whose result has not been fetched
};

struct IpcContext {
  IpcPorts ports;
  std::shared_ptr<ResultTable> results;  // shared with the calls under way, which may end after the server
  IpcCounters counters = {};
  LogThrottle call_lines = LogThrottle(), bad_request_lines = LogThrottle(), lost_answer_lines = LogThrottle();
};

}  // namespace fescue
