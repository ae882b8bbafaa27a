// The local IPC HTTP API of V1 (docs/compatibility/local-api.md#transport), by which workers get work and call the
// core. It is served in two places:
//
//   TCP, 127.0.0.1 and ::1 on one port   packages that bundle a copy of V1's client, SDK credentials, health. The
//                                        token must be a living worker's and the peer's uid that worker's uid.
//   one Unix socket for each worker      our own runtimes and SDK modules. Only processes of the worker's uid get in
//                                        (SO_PEERCRED), and the token must be that very worker's.
//
// Workers of custom runtimes have the Lambda Runtime API besides (runtime_api.h).
//
// There, `Fescue-Next: 1` on POST .../work has the answer bring the next item: one exchange for each event. On PUT
// .../initialized it has the answer bring the first one, if that is there already.
//
// What is read of bodies, and what of answers waits to be read, is bounded (access.h): for each worker on its own
// sockets, for each worker or user on TCP, and in all. So are connections, over all these listeners together
// (sys/net/caller_quota.h): whoever has shown a token has the worker's.
//
// Everything runs on the loop's thread. start() comes before anything else, and the ports outlive the server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/ports/status_source.h"
#include "engine/ports/worker_gateway.h"
#include "engine/ports/worker_sockets.h"
#include "ipc/context.h"
#include "sys/http/http_server.h"
#include "sys/loop/asio.h"
#include "sys/loop/task_group.h"
#include "sys/net/listeners.h"

namespace fescue {

struct IpcOptions {
  std::string socket_directory;            // ROOT/ggc/socket; made if missing, sockets of a former run removed
  std::size_t max_waiting_results = 1024;  // calls whose result has not been fetched yet: ResultTable
  std::optional<CallerQuota::Limits> connections = {};  // for tests; else what this process can afford
};

/// Who takes TCP requests outside /2016-11-01/: the owner's admin server. Without it they are answered 404.
struct IpcFallback {
  HttpHandler handle;
  HeadJudge judge;  // of those requests; present if `handle` is
};

/// Local requests that were refused, by `cause`; the admin server adds its own causes.
inline constexpr std::string_view kIpcRefused = "fescue_ipc_refused_total";
inline constexpr std::string_view kIpcRefusedHelp = "Local requests that were refused, by cause.";

class IpcServer final : public WorkerSockets, public StatusSource {
 public:
  IpcServer(asio::io_context& io, IpcOptions options);
  ~IpcServer() override;

  /// `listeners`: the TCP side; bind as root, serve after privileges are dropped.
  Result<void> start(Listeners listeners, IpcPorts ports, IpcFallback fallback = {});

  // WorkerSockets. close() also forgets the results that the worker has not fetched and drops its connections.
  Result<std::string> open(const WorkerId& worker, uid_t uid) override;
  Result<Fd> connect(const WorkerId& worker) override;
  Result<std::uint16_t> open_runtime_api(const CustomWorker& worker) override;
  void admit(const WorkerId& worker, std::uint64_t cgroup) override;
  void close(const WorkerId& worker) override;

  /// Ends all connections. The server may be destroyed after that.
  Task<void> stop();

  // StatusSource (ipc_status.cc)
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;
  IpcCounters counters() const;

 private:
  struct WorkerSocket;

  HeadVerdict judge(const WorkerId* worker_socket, const HttpRequest& head, const Peer& peer);
  void handle(const WorkerId* worker_socket, HttpExchangePtr exchange);
  void accept_worker_peer(WorkerSocket& worker_socket, StreamPtr stream);
  void accept_runtime_peer(WorkerSocket& worker_socket, StreamPtr stream);
  void note_lost_answer(const Peer& peer, std::string_view why);
  void refuse_peer(const WorkerSocket& worker_socket, const Peer& peer);
  Task<void> sweep_results();

  asio::io_context& io_;
  IpcOptions options_;
  BodyBudget bodies_, answers_;
  std::shared_ptr<CallerQuota> callers_;
  IpcFallback fallback_;
  TaskGroup tasks_;
  std::shared_ptr<const HttpServerOptions> tcp_options_;
  HttpServerOptions socket_options_;     // without what is each worker's own
  std::unique_ptr<IpcContext> context_;  // absent until start()
  std::unordered_map<WorkerId, std::shared_ptr<WorkerSocket>> worker_sockets_;
};

}  // namespace fescue
