// The socket to the launcher on the loop: requests queue while it is full, events come out in order.
#include "functions/launch/launcher_client.h"

#include <csignal>
#include <deque>

#include "base/log.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

/// Shared with the waits on the socket, which may complete once more after the client has gone.
struct LauncherClient::State : std::enable_shared_from_this<State> {
  State(asio::io_context& io, LauncherProcess process, LauncherEvents handlers)
      : pid(process.pid), socket(io, process.socket.release()), events(std::move(handlers)) {}

  struct Waiting {
    std::string message;
    WorkerSpec spec;  // for its descriptors; empty for other requests
  };

  void wait_for_events();
  void take_events();
  void dispatch(const LauncherEvent& event);
  void lose(const Error& error);

  Result<void> post(Waiting request);
  void wait_for_room();
  void flush();

  pid_t pid;
  asio::posix::stream_descriptor socket;
  LauncherEvents events;
  MessageReader reader;
  std::deque<Waiting> waiting;
  bool is_waiting_for_room = false;
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
    events.started(started->id, started->pid);
  } else if (const auto* failed = std::get_if<StartFailed>(&event)) {
    events.start_failed(failed->id, failed->error);
  } else if (const auto* exited = std::get_if<WorkerExit>(&event)) {
    events.exited(*exited);
  } else if (const auto* rejected = std::get_if<Rejected>(&event)) {
    log::error("The launcher rejected a message.", {{"reason", rejected->reason}, {"total", rejected->total}});
  }
}

void LauncherClient::State::lose(const Error& error) {
  waiting.clear();
  socket.close();
  events.lost(error.in("launcher"));
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

LauncherClient::LauncherClient(asio::io_context& io, LauncherProcess process, LauncherEvents events)
    : state_(std::make_shared<State>(io, std::move(process), std::move(events))) {
  state_->wait_for_events();
}

LauncherClient::~LauncherClient() {
  state_->events = {};
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
  return state_->post({std::move(message), std::move(spec)});
}

Result<void> LauncherClient::signal(LaunchId id, int number) {
  if (number < 1 || number >= NSIG) return Error(Code::invalid_argument, "no signal " + std::to_string(number));
  return state_->post({encode(SignalRequest{id, number}), {}});
}
Result<void> LauncherClient::kill(LaunchId id) { return state_->post({encode(KillRequest{id}), {}}); }
Result<void> LauncherClient::stop_all() { return state_->post({encode(StopAllRequest{}), {}}); }

pid_t LauncherClient::pid() const { return state_->pid; }

}  // namespace fescue
