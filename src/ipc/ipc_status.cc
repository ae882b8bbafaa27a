// What the IPC edge contributes to status and metrics.
#include <boost/json.hpp>

#include "ipc/ipc_server.h"

namespace fescue {

void IpcServer::add_status(boost::json::object& status) const {
  const IpcCounters counts = counters();
  status["ipc"] = {{"bad_requests", counts.bad_requests},     {"refused_tokens", counts.refused_tokens},
                   {"refused_peers", counts.refused_peers},   {"discarded_results", counts.discarded_results},
                   {"refused_bodies", counts.refused_bodies}, {"lost_answers", counts.lost_answers}};
}

void IpcServer::add_metrics(MetricsText& out) const {
  const IpcCounters counts = counters();
  out.counter("fescue_ipc_discarded_results_total", "Results that nobody fetched in time.", counts.discarded_results);
  out.gauge("fescue_ipc_waiting_results", "Calls whose result has not been fetched.", counts.waiting_results);
  out.gauge("fescue_ipc_connections", "Connections, by who made itself known on them.", counts.worker_connections,
            {{"of", "workers"}});
  out.gauge("fescue_ipc_connections", "Connections, by who made itself known on them.", counts.new_connections,
            {{"of", "nobody"}});
  out.gauge("fescue_ipc_body_bytes", "Memory of bodies that are being read.", counts.body_bytes);
  out.gauge("fescue_ipc_answer_bytes", "Memory of answers that wait to be read.", counts.answer_bytes);
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.bad_requests, {{"cause", "bad_request"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.refused_tokens, {{"cause", "token"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.refused_peers, {{"cause", "peer"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.refused_calls, {{"cause", "call"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.refused_bodies, {{"cause", "body_budget"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.lost_answers, {{"cause", "answer_budget"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.refused_connections, {{"cause", "connections"}});
  out.counter(kIpcRefused, kIpcRefusedHelp, counts.gave_way, {{"cause", "gave_way"}});
}

}  // namespace fescue
