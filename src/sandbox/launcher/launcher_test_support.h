// For tests: the built fescue-launcher, spoken to in its own protocol, and workers that tell what they see.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "sandbox/launcher/launcher_process.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

/// Nobody has these ids: nothing may need an entry in passwd.
inline constexpr uid_t kWorkerUid = 54321;
inline constexpr gid_t kWorkerGid = 54322;
inline constexpr int kTestTimeout = 30'000;  // milliseconds until a test gives up on something that must come

struct Pipe {
  Fd read, write;
};
inline Pipe make_pipe() {
  int ends[2] = {-1, -1};
  FESCUE_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

inline Fd open_directory(const std::string& path) { return Fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); }

/// Runs `script` in /bin/sh at `/`, its outputs to /dev/null.
inline WorkerSpec shell(LaunchId id, const std::string& script) {
  WorkerSpec spec;
  spec.id = id;
  spec.uid = ::geteuid() == 0 ? kWorkerUid : ::geteuid();
  spec.gid = ::geteuid() == 0 ? kWorkerGid : ::getegid();
  spec.program = "/bin/sh";
  spec.arguments = {"sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.working_directory = open_directory("/");
  for (Fd& output : spec.outputs) output = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  return spec;
}

/// Everything until all writers have closed.
inline std::string read_to_end(const Fd& fd) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

inline std::string read_line(const Fd& fd) {
  std::string line;
  for (char letter; ::read(fd.get(), &letter, 1) == 1 && letter != '\n';) line += letter;
  return line;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Waits for the end of any process, child or not. False if it is alive after kTestTimeout.
inline bool ends(pid_t pid) {
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return true;
  pollfd state{process.get(), POLLIN, 0};
  return ::poll(&state, 1, kTestTimeout) == 1;
}
inline bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

inline pid_t parent_of(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  return std::atoi(stat.c_str() + stat.rfind(')') + 4);
}

inline std::size_t open_descriptors_of(pid_t pid) {
  const auto directory = "/proc/" + std::to_string(pid) + "/fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

/// One launcher and the core's end of its channel.
class TestCore {
 public:
  explicit TestCore(LauncherPolicy policy) {
    auto process = spawn_launcher(policy);
    if (!process) {
      failure_ = process.error().message();
      return;
    }
    process_ = std::move(*process);
  }
  ~TestCore() {
    if (process_.pid > 0) static_cast<void>(dismiss_launcher(std::move(process_)));
  }

  const std::string& failure() const { return failure_; }
  pid_t pid() const { return process_.pid; }
  const Facilities& facilities() const { return process_.facilities; }
  int socket() const { return process_.socket.get(); }
  Result<void> dismiss() { return dismiss_launcher(std::exchange(process_, {})); }

  Result<Sending> start(const WorkerSpec& spec) { return send_message(socket(), encode(spec), descriptors_of(spec)); }
  template <class Request>
  Result<Sending> ask(const Request& request) {
    return send_message(socket(), encode(request));
  }

  /// Returns when the launcher has done what it does between two messages: an answer to nonsense is a round trip.
  void wait_until_idle() {
    static_cast<void>(send_message(socket(), "?"));
    static_cast<void>(next_as<Rejected>());
  }

  /// The next event; nothing at the end of the channel or after kTestTimeout.
  std::optional<LauncherEvent> next() {
    pollfd state{socket(), POLLIN, 0};
    if (::poll(&state, 1, kTestTimeout) != 1) return std::nullopt;
    const auto incoming = reader_.read(socket());
    if (!incoming || !*incoming) return std::nullopt;
    auto event = decode_event((*incoming)->bytes);
    if (!event) return std::nullopt;
    return std::move(*event);
  }
  /// The next event, if it is an `Event`; else one without a meaning.
  template <class Event>
  Event next_as() {
    const auto event = next();
    const Event* wanted = event ? std::get_if<Event>(&*event) : nullptr;
    return wanted ? *wanted : Event{};
  }

  /// Starts `spec`; what it writes to descriptor 1 can be read here. Empty: the launcher could not be asked.
  Fd start_reading(WorkerSpec spec) {
    auto [read, write] = make_pipe();
    spec.outputs[0] = std::move(write);
    return start(spec) ? std::move(read) : Fd();
  }

  /// Starts `spec`, waits for its end, and returns what it wrote to descriptor 1.
  std::string output_of(WorkerSpec spec) {
    const Fd read = start_reading(std::move(spec));
    if (!read) return "cannot ask";
    const auto event = next();
    if (!event) return "no answer";
    if (const auto* failed = std::get_if<StartFailed>(&*event)) return failed->error.message();
    std::string text = read_to_end(read);
    exit_ = next_as<WorkerExit>();
    return text;
  }
  const WorkerExit& exit() const { return exit_; }

 private:
  LauncherProcess process_;
  MessageReader reader_;
  WorkerExit exit_;
  std::string failure_;
};

}  // namespace fescue
