// Claiming the directory, starting both children, restarting them with growing pauses, stopping them in order.
#include "cli/up.h"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "cli/child_process.h"
#include "cli/endpoints_file.h"
#include "cli/provision.h"
#include "model/json_reader.h"
#include "sys/loop/service_loop.h"
#include "sys/net/listeners.h"
#include "sys/storage/file.h"
#include "sys/storage/lock_file.h"

namespace fescue::cli {

namespace {

using namespace asio::experimental::awaitable_operators;
using std::chrono::seconds;

constexpr std::string_view kCoreThing = "fescue-core";
constexpr seconds kReadyTimeout{60};
constexpr seconds kStopTimeout{20};
constexpr seconds kLongLife{60};
constexpr seconds kLongestPause{30};

/// How long to wait before starting a child anew: nothing the first time, then ever longer while it keeps dying young.
class RestartPause {
 public:
  seconds next(SteadyTime started, SteadyTime now) {
    if (now - started > kLongLife) early_ends_ = 0;
    return ++early_ends_ == 1 ? seconds(0) : backoff_pause(early_ends_ - 1, seconds(1), kLongestPause);
  }

 private:
  std::uint64_t early_ends_ = 0;
};

/// The right to run in `root`, held while the descriptor is open.
Result<Fd> claim(const std::string& root) {
  auto lock = lock_file(root + "/run/up.lock");
  if (lock || lock.error().code() != Code::conflict) return lock;
  return Error(Code::already_exists,
               fmt::format("another `fescue up` runs in {}; stop it, or choose another directory with --root", root));
}

class Up {
 public:
  Up(ServiceLoop& loop, UpOptions options) : loop_(loop), options_(std::move(options)) {}

  Task<Result<void>> start() {
    FESCUE_CO_CHECK(real_file_system().make_directories(options_.root + "/run", 0755));
    FESCUE_CO_TRY(lock, claim(options_.root));
    lock_ = std::move(lock);
    FESCUE_CO_CHECK(real_file_system().remove_tree(options_.root + "/run/endpoints.json"));
    FESCUE_CO_CHECK(bind_ports());
    FESCUE_CO_TRY(cloud_facts, co_await start_child(cloud_, cloud_arguments()));
    FESCUE_CO_CHECK(learn_cloud(cloud_facts));
    FESCUE_CO_CHECK(co_await provision());
    FESCUE_CO_TRY(core_facts, co_await start_child(core_, core_arguments()));
    FESCUE_CO_CHECK(learn(core_facts, "ipc", options_.ipc));
    endpoints_.ipc = options_.ipc.str();
    co_return write_endpoints(options_.root, endpoints_);
  }

  /// Keeps both alive until a stop is wanted.
  Task<void> supervise() {
    co_await (loop_.stop_requested() || (supervise(cloud_, "cloud") && supervise(core_, "core")));
    if (failed_) log::error("A process could not be started again; giving up.");
  }

  Task<void> stop() {
    co_await stop_child(core_);
    co_await stop_child(cloud_);
    if (!lock_) co_return;  // the file is another's
    [[maybe_unused]] const auto removed = real_file_system().remove_tree(options_.root + "/run/endpoints.json");
  }

  const Endpoints& endpoints() const { return endpoints_; }
  bool failed() const { return failed_; }

 private:
  struct Child {
    std::unique_ptr<ChildProcess> process;
    SteadyTime started;
    std::vector<HeldListeners> listeners = {};  // kept from one life of the process to the next
  };

  /// Once, for all lives of the children: a port that were free for a moment could be taken by a function, which would
  /// then answer in their place. Ports that the system chose become ours.
  Result<void> bind_ports() {
    const auto bind = [this](Child& child, const std::string& name, HostPort& address) -> Result<void> {
      FESCUE_TRY(listeners, listen_on(loop_.io(), address.host, address.port, "--" + name));
      address.port = listeners.port;
      child.listeners.push_back(hold(name, std::move(listeners)));
      return ok();
    };
    FESCUE_CHECK(bind(cloud_, "api", options_.api));
    FESCUE_CHECK(bind(cloud_, "iot", options_.iot));
    FESCUE_CHECK(bind(cloud_, "iot-tls", options_.iot_tls));
    FESCUE_CHECK(bind(cloud_, "discovery", options_.discovery));
    return bind(core_, "ipc", options_.ipc);
  }

  std::vector<std::string> cloud_arguments() const {
    std::vector<std::string> out = {"cloud",
                                    "--data=" + options_.root + "/cloud",
                                    "--run=" + options_.root + "/run",
                                    "--api=" + options_.api.str(),
                                    "--iot=" + options_.iot.str(),
                                    "--iot-tls=" + options_.iot_tls.str(),
                                    "--discovery=" + options_.discovery.str(),
                                    "--region=" + options_.region,
                                    "--account=" + options_.account};
    if (options_.api_tls) out.emplace_back("--api-tls");
    return out;
  }

  std::vector<std::string> core_arguments() const {
    std::vector<std::string> out = {"core", "--root=" + options_.root + "/core", "--ipc=" + options_.ipc.str()};
    for (const std::string& hidden : hidden_directories(options_.root)) out.push_back("--hide=" + hidden);
    return out;
  }

  /// Starts a child and waits until it is ready; what it said about itself.
  Task<Result<std::string>> start_child(Child& child, std::vector<std::string> arguments) {
    const std::string name = arguments.front();
    child.started = steady_now();
    FESCUE_CO_TRY(process, ChildProcess::start(loop_.io(), std::move(arguments), child.listeners));
    child.process = std::make_unique<ChildProcess>(std::move(process));
    auto line = co_await (child.process->ready_line(kReadyTimeout) || loop_.stop_requested());
    if (line.index() == 1) co_return Error(Code::cancelled, "stopped while starting");
    const Result<std::string>& facts = std::get<0>(line);
    if (!facts) co_return facts.error().in("fescue " + name);
    co_return *facts;
  }

  static Result<void> learn(const std::string& facts, std::string_view name, HostPort& out) {
    FESCUE_TRY(document, parse_json(facts));
    FESCUE_TRY(text, JsonReader(document, "ready").string(name));
    FESCUE_TRY(address, parse_host_port(text));
    out = std::move(address);
    return ok();
  }

  Result<void> learn_cloud(const std::string& facts) {
    FESCUE_CHECK(learn(facts, "api", options_.api));
    FESCUE_CHECK(learn(facts, "iot", options_.iot));
    FESCUE_CHECK(learn(facts, "iot_tls", options_.iot_tls));
    FESCUE_CHECK(learn(facts, "discovery", options_.discovery));
    endpoints_.api = (options_.api_tls ? "https://" : "http://") + options_.api.str();
    endpoints_.iot_mqtt = options_.iot.str();
    endpoints_.iot_mqtts = options_.iot_tls.str();
    endpoints_.discovery = options_.discovery.str();
    endpoints_.region = options_.region;
    endpoints_.account = options_.account;
    endpoints_.core_root = options_.root + "/core";
    return ok();
  }

  Task<Result<void>> provision() {
    FESCUE_CO_TRY(credentials, real_file_system().read(options_.root + "/run/credentials", 4096));
    FESCUE_CO_TRY(key, parse_credentials_file(credentials));
    FESCUE_CO_TRY(ca, real_file_system().read(options_.root + "/run/ca.pem", 64 * 1024));
    CoreSite site{endpoints_.core_root, ca, std::string(kCoreThing), options_.iot_tls, options_.discovery};
    ApiAddress api{options_.api, options_.api_tls};
    FESCUE_CO_TRY(identity, co_await provision_core(std::move(site), std::move(api), key, options_.region));
    endpoints_.core_thing_arn = identity.thing_arn;
    endpoints_.core_certificate_arn = identity.certificate_arn;
    FESCUE_CO_TRY(thing, ThingArn::parse(identity.thing_arn));
    endpoints_.core_thing_name = thing.thing_name().str();
    co_return ok();
  }

  /// Returns only when the child cannot be started again.
  Task<void> supervise(Child& child, std::string_view name) {
    RestartPause pause;
    for (;;) {
      const std::optional<int> status = co_await child.process->exited();
      if (!status) co_return;
      const seconds wait = pause.next(child.started, steady_now());
      log::error("A process ended; starting it again.",
                 {{"process", name}, {"status", *status}, {"pauseSeconds", wait.count()}});
      asio::steady_timer timer(loop_.io(), wait);
      co_await timer.async_wait(use_result);
      std::vector<std::string> arguments = name == "cloud" ? cloud_arguments() : core_arguments();
      const auto facts = co_await start_child(child, std::move(arguments));
      if (!facts && facts.error().code() == Code::cancelled) co_return;
      if (!facts && facts.error().code() != Code::unavailable) {
        log::error("Cannot start a process.", {{"process", name}, {"error", facts.error().message()}});
        failed_ = true;
        loop_.request_stop();
        co_return;
      }
    }
  }

  Task<void> stop_child(Child& child) {
    if (!child.process) co_return;
    child.process->stop();
    asio::steady_timer timer(loop_.io(), kStopTimeout);
    const auto outcome = co_await (child.process->exited() || timer.async_wait(use_result));
    if (outcome.index() == 1) log::error("A process did not stop in time.", {{"pid", child.process->pid()}});
    child.process.reset();
  }

  ServiceLoop& loop_;
  UpOptions options_;
  Endpoints endpoints_;
  Fd lock_;
  Child cloud_, core_;
  bool failed_ = false;
};

}  // namespace

std::vector<std::string> hidden_directories(const std::string& root) { return {root + "/cloud", root + "/run"}; }

int run_up(const UpOptions& options) {
  if (::getuid() != 0) {
    log::warn(
        "Started without root: everything runs as this user, functions without a container of their own, and "
        "whoever this user is may use the plain MQTT listener.");
  }
  ServiceLoop loop{Fd()};
  Up up(loop, options);
  return loop.run([&]() -> Task<int> {
    const auto started = co_await up.start();
    if (!started) {
      if (started.error().code() != Code::cancelled)
        log::error("Cannot start.", {{"error", started.error().message()}});
      co_await up.stop();
      co_return started.error().code() == Code::cancelled ? 0 : 1;
    }
    std::printf("ready: API %s, MQTT %s, core %s\n", up.endpoints().api.c_str(), up.endpoints().iot_mqtt.c_str(),
                up.endpoints().core_root.c_str());
    std::fflush(stdout);
    co_await up.supervise();
    co_await up.stop();
    co_return up.failed() ? 1 : 0;
  });
}

}  // namespace fescue::cli
