// Binding both loopback stacks, the sockets of workers, and the dispatch of parsed calls to their operations.
#include "ipc/ipc_server.h"

#include <unistd.h>

#include <variant>

#include "base/log.h"
#include "base/log_throttle.h"
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "ipc/routes.h"
#include "ipc/runtime_api.h"
#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr std::string_view kSocketSuffix = ".sock";
constexpr mode_t kSocketDirectoryMode = 0711;  // functions without a container reach their socket by its path
constexpr mode_t kSocketMode = 0666;           // who may talk is decided by SO_PEERCRED
constexpr std::chrono::seconds kSweepInterval{10};
constexpr std::chrono::hours kWorkerSocketIdle{24 *
                                               365};  // a worker is silent between items for as long as it works on one
constexpr std::size_t kMaxEarlyPeers = 32;            // a worker begins with one; other processes may try, too

std::string origin_of_worker(const std::string& worker) { return "worker " + worker; }

/// Answers a parsed call; who is calling is asked only where it matters.
struct Dispatch {
  IpcContext& context;
  const WorkerId* worker_socket;
  HttpExchangePtr exchange;

  void operator()(Refused& refused) const {
    note_refused_call(context, *exchange, refused.status, refused.message);
    HttpResponse response = make_response(refused.status, media_type::kText, std::move(refused.message));
    if (!refused.allow.empty()) response.headers.add("Allow", std::move(refused.allow));
    exchange->respond(std::move(response));
  }
  void operator()(AllWorkersCall& call) const { serve(context, call, exchange); }
  void operator()(SomeWorkersCall& call) const { serve(context, call, exchange); }

  template <class Call>
  void operator()(Call& call) const {
    if (const auto caller = identify(context, worker_socket, *exchange))
      serve(context, *caller, std::move(call), exchange);
  }
};

}  // namespace

/// One worker's socket. What it accepted belongs to it.
struct IpcServer::WorkerSocket {
  explicit WorkerSocket(asio::io_context& io) : tasks(io) {}
  TaskGroup tasks;
  WorkerId worker;
  std::string path;
  uid_t uid = 0;
  std::shared_ptr<const HttpHandler> handler;
  std::shared_ptr<const HttpServerOptions> options;

  // The Runtime API, of custom runtimes.
  std::shared_ptr<const HttpHandler> runtime_handler;
  std::shared_ptr<const HttpServerOptions> runtime_options;
  std::optional<std::uint64_t> cgroup;  // absent until the worker has started
  std::vector<StreamPtr> early;         // connections that came before that
};

IpcServer::IpcServer(asio::io_context& io, IpcOptions options)
    : io_(io),
      options_(std::move(options)),
      bodies_({.of_origin = kMaxIpcBodiesOfCaller, .in_all = kMaxIpcBodiesInAll}),
      answers_(
          {.of_origin = kMaxIpcAnswersOfCaller, .in_all = kMaxIpcAnswersInAll, .reserve = kMaxIpcAnswersInAll / 2}),
      callers_(std::make_shared<CallerQuota>(options_.connections.value_or(CallerQuota::limits_here()))),
      tasks_(io) {
  HttpServerOptions tcp_options;
  tcp_options.max_body_bytes = kMaxInvocationPayload;
  tcp_options.body_budget = bodies_;
  tcp_options.answer_budget = answers_;
  tcp_options.on_lost_answer = [this](const Peer& peer, std::string_view why) { note_lost_answer(peer, why); };
  tcp_options.origin_of = [](const Peer& peer) {
    const std::string worker = peer.caller_place ? peer.caller_place->caller() : "";
    return worker.empty() ? body_origin(peer) : origin_of_worker(worker);
  };
  tcp_options.terse = true;
  tcp_options.on_bad_request = [this](const Peer& peer, unsigned status, std::string_view why) {
    if (!context_) return;
    ++context_->counters.bad_requests;
    if (const auto left_out = context_->bad_request_lines.admit(steady_now())) {
      log::warn("Refused a malformed local request.",
                {{"peer", peer.address}, {"status", status}, {"reason", why}, {"notLogged", *left_out}});
    }
  };
  socket_options_ = tcp_options;
  socket_options_.idle_timeout = kWorkerSocketIdle;
  tcp_options.judge = [this](const HttpRequest& head, const Peer& peer) { return judge(nullptr, head, peer); };
  tcp_options_ = std::make_shared<const HttpServerOptions>(std::move(tcp_options));
}

IpcServer::~IpcServer() = default;

Result<void> IpcServer::start(Listeners listeners, IpcPorts ports, IpcFallback fallback) {
  fallback_ = std::move(fallback);
  FESCUE_ASSERT(!context_);
  FileSystem& files = real_file_system();
  FESCUE_CHECK(files.make_directories(options_.socket_directory, kSocketDirectoryMode));
  FESCUE_TRY(names, files.list(options_.socket_directory));
  for (const std::string& name : names) {
    if (name.ends_with(kSocketSuffix)) ::unlink((options_.socket_directory + "/" + name).c_str());
  }
  ResultTable::Limits limits;
  limits.entries = options_.max_waiting_results;
  context_.reset(new IpcContext{std::move(ports), std::make_shared<ResultTable>(limits)});
  auto handler =
      std::make_shared<const HttpHandler>([this](HttpExchangePtr exchange) { handle(nullptr, std::move(exchange)); });
  accept_tcp(
      tasks_, std::move(listeners),
      [this, handler](StreamPtr stream) { serve_http(tasks_, std::move(stream), tcp_options_, handler); }, callers_);
  tasks_.spawn("ipc results", sweep_results());
  return ok();
}

Result<std::string> IpcServer::open(const WorkerId& worker, uid_t uid) {
  FESCUE_ASSERT(context_ && !worker_sockets_.contains(worker));
  const std::string name = worker.str() + std::string(kSocketSuffix);
  FESCUE_TRY(acceptor, listen_unix(io_, options_.socket_directory, name, kSocketMode));
  auto worker_socket = std::make_shared<WorkerSocket>(io_);
  worker_socket->worker = worker;
  worker_socket->path = options_.socket_directory + "/" + name;
  worker_socket->uid = uid;
  worker_socket->handler = std::make_shared<const HttpHandler>(
      [this, worker](HttpExchangePtr exchange) { handle(&worker, std::move(exchange)); });
  HttpServerOptions own = socket_options_;
  own.origin_of = [origin = origin_of_worker(worker.str())](const Peer&) { return origin; };
  worker_socket->runtime_options = std::make_shared<const HttpServerOptions>(own);  // who gets in is that worker
  own.judge = [this, worker](const HttpRequest& head, const Peer& peer) { return judge(&worker, head, peer); };
  worker_socket->options = std::make_shared<const HttpServerOptions>(std::move(own));
  const auto accept = [this, open = std::weak_ptr(worker_socket)](StreamPtr stream) {
    if (const auto still_open = open.lock()) accept_worker_peer(*still_open, std::move(stream));
  };
  accept_unix(worker_socket->tasks, std::move(acceptor), accept, callers_);
  return worker_sockets_.emplace(worker, std::move(worker_socket)).first->second->path;
}

Result<Fd> IpcServer::connect(const WorkerId& worker) {
  const std::shared_ptr<WorkerSocket>& worker_socket = worker_sockets_.at(worker);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno_error("make a connection");
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return errno_error("set up a connection");
  Peer peer;
  peer.address = "unix";
  peer.uid = worker_socket->uid;
  peer.caller_place = callers_->take("worker");
  if (peer.caller_place) static_cast<void>(peer.caller_place->belongs_to(worker.str()));
  auto stream = make_stream(io_.get_executor(), unix_socket(), std::move(ours), std::move(peer));
  serve_http(worker_socket->tasks, std::move(stream), worker_socket->options, worker_socket->handler);
  return theirs;
}

Result<std::uint16_t> IpcServer::open_runtime_api(const CustomWorker& worker) {
  const std::shared_ptr<WorkerSocket>& worker_socket = worker_sockets_.at(worker.id);
  FESCUE_TRY(listeners, listen_on(io_, "127.0.0.1", 0, "the Lambda Runtime API"));
  const std::uint16_t port = listeners.port;
  auto api = std::make_shared<RuntimeApi>(context_->ports.workers, worker);
  worker_socket->runtime_handler = std::make_shared<const HttpHandler>([api](HttpExchangePtr exchange) {
    exchange->release_body_budget();
    api->handle(std::move(exchange));
  });
  const auto accept = [this, open = std::weak_ptr(worker_socket)](StreamPtr stream) {
    if (const auto still_open = open.lock()) accept_runtime_peer(*still_open, std::move(stream));
  };
  accept_tcp(worker_socket->tasks, std::move(listeners), accept, callers_);
  return port;
}

void IpcServer::admit(const WorkerId& worker, std::uint64_t cgroup) {
  const auto found = worker_sockets_.find(worker);
  if (found == worker_sockets_.end()) return;
  const std::shared_ptr<WorkerSocket> worker_socket = found->second;
  worker_socket->cgroup = cgroup;
  for (StreamPtr& stream : std::exchange(worker_socket->early, {}))
    accept_runtime_peer(*worker_socket, std::move(stream));
}

/// The uid is not enough: functions share one, and every port of loopback is in everybody's reach.
void IpcServer::accept_runtime_peer(WorkerSocket& worker_socket, StreamPtr stream) {
  const std::uint64_t theirs = stream->peer().cgroup;
  if (!worker_socket.cgroup) {
    const bool may_wait = stream->peer().uid == worker_socket.uid && worker_socket.early.size() < kMaxEarlyPeers;
    return may_wait ? worker_socket.early.push_back(std::move(stream)) : refuse_peer(worker_socket, stream->peer());
  }
  const bool is_foreign = *worker_socket.cgroup != 0 && theirs != 0 && theirs != *worker_socket.cgroup;
  if (is_foreign) return refuse_peer(worker_socket, stream->peer());
  if (stream->peer().uid != worker_socket.uid) return refuse_peer(worker_socket, stream->peer());
  if (!stream->peer().caller_place->belongs_to(worker_socket.worker.str())) return;
  serve_http(worker_socket.tasks, std::move(stream), worker_socket.runtime_options, worker_socket.runtime_handler);
}

void IpcServer::accept_worker_peer(WorkerSocket& worker_socket, StreamPtr stream) {
  if (stream->peer().uid != worker_socket.uid) return refuse_peer(worker_socket, stream->peer());
  serve_http(worker_socket.tasks, std::move(stream), worker_socket.options, worker_socket.handler);
}

void IpcServer::note_lost_answer(const Peer& peer, std::string_view why) {
  if (!context_) return;
  ++context_->counters.lost_answers;
  if (const auto left_out = context_->lost_answer_lines.admit(steady_now())) {
    log::warn("Did not send an answer that waited to be read.",
              {{"peer", peer.address},
               {"uid", peer.uid ? static_cast<long long>(*peer.uid) : -1},
               {"worker", peer.caller_place ? peer.caller_place->caller() : ""},
               {"reason", why},
               {"notLogged", *left_out}});
  }
}

void IpcServer::refuse_peer(const WorkerSocket& worker_socket, const Peer& peer) {
  if (!is_logged_at(++context_->counters.refused_peers)) return;
  log::warn("Refused a connection to a worker's socket.", {{"path", worker_socket.path},
                                                           {"uid", peer.uid ? static_cast<long long>(*peer.uid) : -1},
                                                           {"cgroup", peer.cgroup}});
}

void IpcServer::close(const WorkerId& worker) {
  const auto worker_socket = worker_sockets_.find(worker);
  if (worker_socket == worker_sockets_.end()) return;
  ::unlink(worker_socket->second->path.c_str());
  callers_->close_all_of(worker.str());
  worker_sockets_.erase(worker_socket);
  context_->results->drop_owner(worker);
}

Task<void> IpcServer::stop() {
  for (const auto& [worker, worker_socket] : worker_sockets_) {
    ::unlink(worker_socket->path.c_str());
    worker_socket->tasks.stop();
  }
  tasks_.stop();
  while (!worker_sockets_.empty()) {
    const std::shared_ptr<WorkerSocket> worker_socket = worker_sockets_.begin()->second;
    worker_sockets_.erase(worker_sockets_.begin());
    co_await worker_socket->tasks.join();
  }
  co_await tasks_.join();
}

IpcCounters IpcServer::counters() const {
  if (!context_) return {};
  IpcCounters counters = context_->counters;
  counters.discarded_results = context_->results->discarded();
  counters.refused_bodies = bodies_.refused();
  counters.body_bytes = bodies_.held();
  counters.answer_bytes = answers_.held();
  counters.refused_connections = callers_->refused();
  counters.gave_way = callers_->gave_way();
  counters.worker_connections = callers_->known();
  counters.new_connections = callers_->newcomers();
  counters.waiting_results = context_->results->size();
  return counters;
}

HeadVerdict IpcServer::judge(const WorkerId* worker_socket, const HttpRequest& head, const Peer& peer) {
  const bool is_elsewhere = worker_socket == nullptr && fallback_.handle && !is_ipc_target(head.target);
  return is_elsewhere ? fallback_.judge(head, peer) : judge_head(*context_, worker_socket, head, peer);
}

void IpcServer::handle(const WorkerId* worker_socket, HttpExchangePtr exchange) {
  exchange->release_body_budget();  // from here on queues have their own bounds
  if (worker_socket == nullptr && fallback_.handle && !is_ipc_target(exchange->request().target)) {
    return fallback_.handle(std::move(exchange));
  }
  IpcCall call = route_ipc(exchange->request());
  std::visit(Dispatch{*context_, worker_socket, std::move(exchange)}, call);
}

Task<void> IpcServer::sweep_results() {
  asio::steady_timer timer(io_);
  for (;;) {
    timer.expires_after(kSweepInterval);
    const auto [error] = co_await timer.async_wait(use_result);
    if (error) co_return;
    context_->results->expire(steady_now());
  }
}

}  // namespace fescue
