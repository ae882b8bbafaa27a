#include "ipc/ipc_server.h"

#include <unistd.h>

#include <bit>
#include <variant>

#include "base/log.h"
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "ipc/routes.h"
#include "ipc/runtime_api.h"
#include "sys/file.h"

namespace fescue {

namespace {

constexpr std::string_view kSocketSuffix = ".sock";
constexpr mode_t kSocketDirectoryMode = 0711;  // functions without a container reach their socket by its path
constexpr mode_t kSocketMode = 0666;           // who may talk is decided by SO_PEERCRED
constexpr std::chrono::seconds kSweepInterval{10};
constexpr std::chrono::hours kDoorIdle{24 * 365};  // a worker is silent between items for as long as it works on one
constexpr std::size_t kMaxBody = 6 * 1024 * 1024;  // Lambda's payload limit
constexpr int kPortAttempts = 32;
constexpr std::size_t kMaxEarlyPeers = 32;  // a worker begins with one; strangers may try, too

bool is_loopback(const std::string& host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

/// The same port on every host.
Result<IpcListeners> bind_hosts(asio::io_context& io, const std::vector<std::string>& hosts, std::uint16_t port) {
  IpcListeners listeners;
  listeners.port = port;
  for (const std::string& host : hosts) {
    FESCUE_TRY(acceptor, listen_tcp(io, host, listeners.port, "--ipc"));
    listeners.port = acceptor.local_endpoint().port();
    listeners.acceptors.push_back(std::move(acceptor));
  }
  return listeners;
}

/// One host, or both loopback stacks where there are two.
std::vector<std::string> hosts_of(asio::io_context& io, const std::string& host) {
  if (!is_loopback(host)) return {host};
  if (listen_tcp(io, "::1", 0, "--ipc")) return {"127.0.0.1", "::1"};
  return {"127.0.0.1"};
}

/// Answers a parsed call; who is calling is asked only where it matters.
struct Dispatch {
  IpcContext& context;
  const WorkerId* door;
  HttpExchangePtr exchange;

  void operator()(Refused& refused) const {
    note_refused_call(context, *exchange, refused.status, refused.message);
    HttpResponse response;
    response.status = refused.status;
    if (!refused.allow.empty()) response.headers.add("Allow", std::move(refused.allow));
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(refused.message);
    exchange->respond(std::move(response));
  }
  void operator()(AllWorkersCall& call) const { serve(context, call, exchange); }
  void operator()(SomeWorkersCall& call) const { serve(context, call, exchange); }

  template <class Call>
  void operator()(Call& call) const {
    if (const auto caller = identify(context, door, *exchange)) serve(context, *caller, std::move(call), exchange);
  }
};

}  // namespace

Result<IpcListeners> bind_ipc(asio::io_context& io, const HostPort& address) {
  const std::vector<std::string> hosts = hosts_of(io, address.host);
  auto listeners = bind_hosts(io, hosts, address.port);
  // A port that the system chose on one stack may be taken on the other.
  for (int i = 0; !listeners && address.port == 0 && i < kPortAttempts; ++i) listeners = bind_hosts(io, hosts, 0);
  return listeners;
}

/// One worker's socket. What it accepted belongs to it.
struct IpcServer::Door {
  explicit Door(asio::io_context& io) : tasks(io) {}
  TaskGroup tasks;
  std::string path;
  uid_t uid = 0;
  std::shared_ptr<const HttpHandler> handler;

  // The Runtime API, of custom runtimes.
  std::shared_ptr<const HttpHandler> runtime_handler;
  std::optional<std::uint64_t> cgroup;  // absent until the worker has started
  std::vector<StreamPtr> early;         // connections that came before that
};

IpcServer::IpcServer(asio::io_context& io, IpcOptions options) : io_(io), options_(std::move(options)), tasks_(io) {
  HttpServerOptions tcp_options;
  tcp_options.max_body_bytes = kMaxBody;
  tcp_options.terse = true;
  tcp_options.on_bad_request = [this](const Peer& peer, unsigned status, std::string_view why) {
    if (!context_) return;
    ++context_->counters.bad_requests;
    if (const auto left_out = context_->bad_request_lines.admit(steady_now())) {
      log::warn("Refused a malformed local request.",
                {{"peer", peer.address}, {"status", status}, {"reason", why}, {"notLogged", *left_out}});
    }
  };
  HttpServerOptions door_options = tcp_options;
  door_options.idle_timeout = kDoorIdle;
  tcp_options_ = std::make_shared<const HttpServerOptions>(std::move(tcp_options));
  door_options_ = std::make_shared<const HttpServerOptions>(std::move(door_options));
}

IpcServer::~IpcServer() = default;

Result<void> IpcServer::start(IpcListeners listeners, IpcPorts ports) {
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
  for (tcp::acceptor& acceptor : listeners.acceptors) {
    accept_tcp(tasks_, std::move(acceptor),
               [this, handler](StreamPtr stream) { serve_http(tasks_, std::move(stream), tcp_options_, handler); });
  }
  tasks_.spawn("ipc results", sweep_results());
  return ok();
}

Result<std::string> IpcServer::open(const WorkerId& worker, uid_t uid) {
  FESCUE_ASSERT(context_ && !doors_.contains(worker));
  const std::string name = worker.str() + std::string(kSocketSuffix);
  FESCUE_TRY(acceptor, listen_unix(io_, options_.socket_directory, name, kSocketMode));
  auto door = std::make_shared<Door>(io_);
  door->path = options_.socket_directory + "/" + name;
  door->uid = uid;
  door->handler = std::make_shared<const HttpHandler>(
      [this, worker](HttpExchangePtr exchange) { handle(&worker, std::move(exchange)); });
  accept_unix(door->tasks, std::move(acceptor), [this, open = std::weak_ptr(door)](StreamPtr stream) {
    if (const auto still_open = open.lock()) accept_door_peer(*still_open, std::move(stream), still_open->handler);
  });
  return doors_.emplace(worker, std::move(door)).first->second->path;
}

Result<Fd> IpcServer::connect(const WorkerId& worker) {
  const std::shared_ptr<Door>& door = doors_.at(worker);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno_error("make a connection");
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return errno_error("set up a connection");
  Peer peer;
  peer.address = "unix";
  peer.uid = door->uid;
  auto stream = make_stream(io_.get_executor(), unix_socket(), std::move(ours), std::move(peer));
  serve_http(door->tasks, std::move(stream), door_options_, door->handler);
  return theirs;
}

Result<std::uint16_t> IpcServer::open_runtime_api(const CustomWorker& worker) {
  const std::shared_ptr<Door>& door = doors_.at(worker.id);
  FESCUE_TRY(acceptor, listen_tcp(io_, "127.0.0.1", 0, "the Lambda Runtime API"));
  const std::uint16_t port = acceptor.local_endpoint().port();
  auto api = std::make_shared<RuntimeApi>(context_->ports.workers, worker);
  door->runtime_handler =
      std::make_shared<const HttpHandler>([api](HttpExchangePtr exchange) { api->handle(std::move(exchange)); });
  accept_tcp(door->tasks, std::move(acceptor), [this, open = std::weak_ptr(door)](StreamPtr stream) {
    if (const auto still_open = open.lock()) accept_runtime_peer(*still_open, std::move(stream));
  });
  return port;
}

void IpcServer::admit(const WorkerId& worker, std::uint64_t cgroup) {
  const auto found = doors_.find(worker);
  if (found == doors_.end()) return;
  const std::shared_ptr<Door> door = found->second;
  door->cgroup = cgroup;
  for (StreamPtr& stream : std::exchange(door->early, {})) accept_runtime_peer(*door, std::move(stream));
}

/// The uid is not enough: functions share one, and every port of loopback is in everybody's reach.
void IpcServer::accept_runtime_peer(Door& door, StreamPtr stream) {
  const std::uint64_t theirs = stream->peer().cgroup;
  if (!door.cgroup) {
    const bool may_wait = stream->peer().uid == door.uid && door.early.size() < kMaxEarlyPeers;
    return may_wait ? door.early.push_back(std::move(stream)) : refuse_peer(door, stream->peer());
  }
  const bool is_stranger = *door.cgroup != 0 && theirs != 0 && theirs != *door.cgroup;
  if (is_stranger) return refuse_peer(door, stream->peer());
  accept_door_peer(door, std::move(stream), door.runtime_handler);
}

void IpcServer::accept_door_peer(Door& door, StreamPtr stream, std::shared_ptr<const HttpHandler> handler) {
  if (stream->peer().uid == door.uid) {
    return serve_http(door.tasks, std::move(stream), door_options_, std::move(handler));
  }
  refuse_peer(door, stream->peer());
}

void IpcServer::refuse_peer(const Door& door, const Peer& peer) {
  if (!std::has_single_bit(++context_->counters.refused_peers)) return;  // as with refused calls
  log::warn("Refused a connection to a worker's socket.",
            {{"path", door.path}, {"uid", peer.uid ? static_cast<long long>(*peer.uid) : -1}, {"cgroup", peer.cgroup}});
}

void IpcServer::close(const WorkerId& worker) {
  const auto door = doors_.find(worker);
  if (door == doors_.end()) return;
  ::unlink(door->second->path.c_str());
  doors_.erase(door);
  context_->results->drop_owner(worker);
}

Task<void> IpcServer::stop() {
  for (const auto& [worker, door] : doors_) {
    ::unlink(door->path.c_str());
    door->tasks.stop();
  }
  tasks_.stop();
  while (!doors_.empty()) {
    const std::shared_ptr<Door> door = doors_.begin()->second;
    doors_.erase(doors_.begin());
    co_await door->tasks.join();
  }
  co_await tasks_.join();
}

IpcCounters IpcServer::counters() const {
  if (!context_) return {};
  IpcCounters counters = context_->counters;
  counters.discarded_results = context_->results->discarded();
  return counters;
}

void IpcServer::handle(const WorkerId* door, HttpExchangePtr exchange) {
  if (door == nullptr && options_.elsewhere && !is_ipc_target(exchange->request().target)) {
    return options_.elsewhere(std::move(exchange));
  }
  IpcCall call = route_ipc(exchange->request());
  std::visit(Dispatch{*context_, door, std::move(exchange)}, call);
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
