// Starts workers through the real fescue-launcher, one after another, and tells how long each took from the request to
// the first byte that its program writes. Must run as root, beside fescue-launcher.
//
//   bench_launcher_start PACKAGE COUNT PAUSE_MS container|host PROGRAM [ARGUMENT ...]
//
// PROGRAM is a path as the worker sees it; PACKAGE becomes /lambda. With a pause between two starts the launcher has
// prepared what it prepares ahead; without one, "each" tells what a start costs in all.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "sandbox/launcher/launcher_process.h"
#include "sandbox/protocol/channel.h"

namespace {

using namespace fescue;
using Clock = std::chrono::steady_clock;

constexpr uid_t kUser = 54321;

struct Options {
  std::string package;
  int count = 0;
  std::chrono::milliseconds pause{0};
  bool contained = false;
  std::vector<std::string> arguments;
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_launcher_start: {}\n", why);
  std::exit(1);
}

Fd open_path(const std::string& path) { return Fd(::open(path.c_str(), O_PATH | O_CLOEXEC)); }

Fd listen_at(const std::string& path) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ::unlink(path.c_str());
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("cannot bind " + path);
  return socket;
}

WorkerSpec spec_of(const Options& options, LaunchId id, const std::string& socket) {
  WorkerSpec spec;
  spec.id = id;
  spec.uid = spec.gid = kUser;
  spec.program = options.arguments[0];
  spec.arguments = options.arguments;
  spec.environment = {"PATH=/usr/bin"};
  spec.working_directory = open_path(options.package);
  for (Fd& output : spec.outputs) output = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (options.contained) {
    auto& container = spec.container.emplace();
    container.package = open_path(options.package);
    container.runtimes = open_path(options.package);
    container.socket = open_path(socket);
  }
  return spec;
}

/// Microseconds until the worker's first byte; then waits for its end.
double start_one(const LauncherProcess& launcher, MessageReader& reader, WorkerSpec spec) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("cannot make a pipe");
  const Fd read(ends[0]);
  spec.outputs[0] = Fd(ends[1]);
  const auto begin = Clock::now();
  if (!send_message(launcher.socket.get(), encode(spec), descriptors_of(spec))) give_up("cannot ask the launcher");
  spec = {};
  char byte;
  const bool ready = ::read(read.get(), &byte, 1) == 1;
  const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
  while (true) {
    pollfd state{launcher.socket.get(), POLLIN, 0};
    ::poll(&state, 1, -1);
    const auto incoming = reader.read(launcher.socket.get());
    if (!incoming) give_up("the launcher left");
    if (!*incoming) continue;
    const auto event = decode_event((*incoming)->bytes);
    if (!event) give_up(event.error().message());
    if (const auto* failed = std::get_if<StartFailed>(&*event)) give_up(failed->error.message());
    if (std::holds_alternative<WorkerExit>(*event)) break;
  }
  if (!ready) give_up("the worker said nothing");
  return took.count();
}

}  // namespace

int main(int count, char** values) {
  if (count < 6) give_up("usage: PACKAGE COUNT PAUSE_MS container|host PROGRAM [ARGUMENT ...]");
  const Options options{.package = values[1],
                        .count = std::atoi(values[2]),
                        .pause = std::chrono::milliseconds(std::atoi(values[3])),
                        .contained = std::string(values[4]) == "container",
                        .arguments = {values + 5, values + count}};
  auto launcher = spawn_launcher({.core_uid = 54300, .core_gid = 54300});
  if (!launcher) give_up(launcher.error().message());
  const std::string socket = options.package + "/.socket";
  const Fd listener = listen_at(socket);

  MessageReader reader;
  std::vector<double> times;
  const auto begin = Clock::now();
  for (int i = 0; i < options.count; ++i) {
    std::this_thread::sleep_for(options.pause);
    times.push_back(start_one(*launcher, reader, spec_of(options, static_cast<LaunchId>(i), socket)));
  }
  const std::chrono::duration<double, std::micro> all = Clock::now() - begin;
  std::ranges::sort(times);
  fmt::print("{{\"p50\": {:.1f}, \"p10\": {:.1f}, \"min\": {:.1f}, \"each\": {:.1f}}}\n", times[times.size() / 2],
             times[times.size() / 10], times[0], all.count() / options.count);
  ::unlink(socket.c_str());
  return dismiss_launcher(std::move(*launcher)) ? 0 : 1;
}
