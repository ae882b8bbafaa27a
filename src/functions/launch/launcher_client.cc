// The socket to the launcher on the loop: requests queue while it is full, events come out in order, and answers that
// do not come are missed.
#include "functions/launch/launcher_client.h"

#include <csignal>
#include <deque>
#include <map>

#include "base/log.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

namespace {

/// Time is counted in ticks that this process lives through: after a pause of both, the launcher has time to answer.
constexpr unsigned kTicks = 5;

}  // namespace

/// Shared with the waits on the socket, which may complete once more after the client has gone.
struct LauncherClient::State : std::enable_shared_from_this<State> {
  State(asio::io_context& io, LauncherProcess process, LauncherEvents handlers, Duration timeout)
      : pid(process.pid),
        socket(io, process.socket.release()),
        events(std::move(handlers)),
        tick_time(timeout / kTicks),
        ticker(io) {}

  struct Waiting {
    std::string message;
    WorkerSpec spec;  // for its descriptors; empty for other requests
  };

  void wait_for_events();
  void take_events();
  void dispatch(const LauncherEvent& event);
  void answer_look(LaunchId id, const Result<SourceStatus>& status);
  void lose(const Error& error);

  void await(LaunchId id);
  void await_end(LaunchId id);
  void start_ticking();
  void tick();

  Result<void> post(Waiting request);
  void wait_for_room();
  void flush();

  pid_t pid;
  asio::posix::stream_descriptor socket;
  LauncherEvents events;
  MessageReader reader;
  std::deque<Waiting> waiting;
  std::map<LaunchId, LookHandler> looks;
  LaunchId last_look = 0;
  bool is_waiting_for_room = false;

  struct Worker {
    unsigned ticks_left = 0;  // 0: no answer is due
  };
  std::map<LaunchId, Worker> workers;  // asked for, not ended
  Duration tick_time;
  asio::steady_timer ticker;
  bool is_ticking = false;
  bool is_silent = false;
};

void LauncherClient::State::wait_for_events() {
  socket.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
    if (error || !self->socket.is_open()) return;
    self->take_events();
  });
}

void LauncherClient::State::take_events() {
  while (true) {
    const auto incoming = reader.read(socket.native_handle());
    if (!incoming) return lose(incoming.error());
    if (!*incoming) return wait_for_events();
    const auto event = decode_event((*incoming)->bytes);
    if (!event) return lose(event.error());
    dispatch(*event);
  }
}

void LauncherClient::State::dispatch(const LauncherEvent& event) {
  if (const auto* started = std::get_if<Started>(&event)) {
    if (const auto worker = workers.find(started->id); worker != workers.end()) worker->second.ticks_left = 0;
    events.started(started->id, started->pid);
  } else if (const auto* failed = std::get_if<StartFailed>(&event)) {
    workers.erase(failed->id);
    events.start_failed(failed->id, failed->error);
  } else if (const auto* exited = std::get_if<WorkerExit>(&event)) {
    workers.erase(exited->id);
    events.exited(*exited);
  } else if (const auto* looked = std::get_if<Looked>(&event)) {
    answer_look(looked->id, looked->status);
  } else if (const auto* not_seen = std::get_if<LookFailed>(&event)) {
    answer_look(not_seen->id, not_seen->error);
  } else if (const auto* rejected = std::get_if<Rejected>(&event)) {
    log::error("The launcher rejected a message.", {{"reason", rejected->reason}, {"total", rejected->total}});
  }
}

void LauncherClient::State::answer_look(LaunchId id, const Result<SourceStatus>& status) {
  const auto asked = looks.extract(id);
  if (!asked.empty()) asked.mapped()(status);
}

void LauncherClient::State::lose(const Error& error) {
  waiting.clear();
  workers.clear();
  looks.clear();
  socket.close();
  events.lost(error.in("launcher"));
}

void LauncherClient::State::await(LaunchId id) {
  workers[id].ticks_left = kTicks;
  start_ticking();
}

/// Of a worker that has ended nothing more is heard.
void LauncherClient::State::await_end(LaunchId id) {
  const auto worker = workers.find(id);
  if (worker != workers.end() && worker->second.ticks_left == 0) await(id);
}

void LauncherClient::State::start_ticking() {
  if (std::exchange(is_ticking, true)) return;
  ticker.expires_after(tick_time);
  ticker.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (error || !self || !self->socket.is_open()) return;
    self->is_ticking = false;
    self->tick();
  });
}

void LauncherClient::State::tick() {
  bool is_anything_due = false;
  for (auto& [id, worker] : workers) {
    if (worker.ticks_left == 0) continue;
    is_anything_due = true;
    if (--worker.ticks_left > 0) continue;
    is_silent = true;
    return lose(Error(Code::timeout, "it does not answer"));
  }
  if (is_anything_due) start_ticking();
}

Result<void> LauncherClient::State::post(Waiting request) {
  if (!socket.is_open()) return Error(Code::unavailable, "the launcher is gone");
  if (waiting.size() >= kMaxWaitingRequests) {
    return Error(Code::resource_exhausted, "too many requests wait for the launcher");
  }
  waiting.push_back(std::move(request));
  if (!is_waiting_for_room) flush();
  return ok();
}

void LauncherClient::State::wait_for_room() {
  is_waiting_for_room = true;
  socket.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](error_code error) {
    self->is_waiting_for_room = false;
    if (error || !self->socket.is_open()) return;
    self->flush();
  });
}

void LauncherClient::State::flush() {
  while (!waiting.empty()) {
    const Waiting& request = waiting.front();
    const bool is_start = static_cast<bool>(request.spec.working_directory);
    const auto descriptors = is_start ? descriptors_of(request.spec) : std::vector<int>();
    const auto sent = send_message(socket.native_handle(), request.message, descriptors);
    if (!sent) return waiting.clear();  // the launcher is gone; reading says so to whom it concerns
    if (*sent == Sending::would_block) return wait_for_room();
    waiting.pop_front();
  }
}

LauncherClient::LauncherClient(asio::io_context& io, LauncherProcess process, LauncherEvents events, Duration timeout)
    : state_(std::make_shared<State>(io, std::move(process), std::move(events), timeout)) {
  state_->wait_for_events();
}

LauncherClient::~LauncherClient() {
  state_->events = {};
  state_->looks.clear();
  state_->ticker.cancel();
  if (state_->is_silent) {
    abandon_launcher(state_->pid);
    return;
  }
  Fd socket(state_->socket.is_open() ? state_->socket.release() : -1);
  const auto left = dismiss_launcher(LauncherProcess{std::move(socket), state_->pid, {}});
  if (!left) log::error("The launcher does not end.", {{"reason", left.error().message()}});
}

Result<void> LauncherClient::start(WorkerSpec spec) {
  FESCUE_CHECK(validate(spec));
  for (const int number : descriptors_of(spec)) {
    if (number < 0)
      return Error(Code::invalid_argument,
                   "a worker needs a working directory, six outputs and the connection it is promised");
  }
  std::string message = encode(spec);
  const LaunchId id = spec.id;
  FESCUE_CHECK(state_->post({std::move(message), std::move(spec)}));
  state_->await(id);
  return ok();
}

Result<void> LauncherClient::signal(LaunchId id, int number) {
  if (number < 1 || number >= NSIG) return Error(Code::invalid_argument, "no signal " + std::to_string(number));
  return state_->post({encode(SignalRequest{id, number}), {}});
}
Result<void> LauncherClient::kill(LaunchId id) {
  FESCUE_CHECK(state_->post({encode(KillRequest{id}), {}}));
  state_->await_end(id);
  return ok();
}
Result<void> LauncherClient::stop_all() {
  FESCUE_CHECK(state_->post({encode(StopAllRequest{}), {}}));
  for (const auto& [id, worker] : state_->workers) state_->await_end(id);
  return ok();
}

Result<void> LauncherClient::look(const HostResource& resource, LookHandler handler) {
  LookRequest request{++state_->last_look, {}};
  request.resource.kind = resource.kind;
  request.resource.access = resource.access;
  request.resource.source = resource.source;
  request.resource.destination = resource.destination;
  FESCUE_CHECK(validate(request.resource));
  FESCUE_CHECK(state_->post({encode(request), {}}));
  state_->looks[request.id] = std::move(handler);
  return ok();
}

pid_t LauncherClient::pid() const { return state_->pid; }

}  // namespace fescue
