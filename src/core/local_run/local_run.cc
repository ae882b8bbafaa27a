// A run from beginning to end: workshop, what is prepared before the loop, the parts of a core, the outcome.
#include "core/local_run/local_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/printable.h"
#include "base/random.h"
#include "core/legacy_log_files.h"
#include "core/local_run/guess_runtime.h"
#include "core/local_run/recorder.h"
#include "core/runtime_files.h"
#include "deploy/staging.h"
#include "functions/function_service.h"
#include "functions/json_check.h"
#include "ipc/ipc_server.h"
#include "model/json_reader.h"
#include "sys/loop/event.h"
#include "sys/loop/service_loop.h"
#include "sys/storage/file.h"

namespace fescue {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// A directory of this run's alone, removed with its content.
class Workshop {
 public:
  static Result<Workshop> make() {
    std::error_code failure;
    std::string path = (fs::temp_directory_path(failure) / "fescue-run-XXXXXX").string();
    if (failure) return errno_error("the temporary directory", failure.value());
    if (::mkdtemp(path.data()) == nullptr) return errno_error(path);
    return Workshop(std::move(path));
  }
  Workshop(Workshop&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Workshop& operator=(Workshop&&) = delete;
  ~Workshop() {
    if (!path_.empty()) static_cast<void>(real_file_system().remove_tree(path_));
  }
  std::string operator/(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

 private:
  explicit Workshop(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

UserIds ourselves() { return {::geteuid(), ::getegid()}; }

/// Where the unpacked package is.
Result<std::string> unpack(const LocalRunOptions& options, const Workshop& workshop) {
  std::error_code failure;
  const std::string real = fs::canonical(options.package, failure);
  if (failure) return errno_error(options.package, failure.value());
  if (fs::is_directory(real, failure)) return real;
  Staging staging(real_file_system(), workshop / "deployment");
  FESCUE_CHECK(staging.prepare());
  auto code = staging.unpack(options.function, real);
  if (!code) return code.error().in(options.package);
  return code;
}

/// Zips lose the execute bit more often than not; a core sets it too.
Result<void> make_executable(const FunctionConfig& function, const std::string& code, const Workshop& workshop) {
  if (!code.starts_with(workshop / "")) return ok();  // a directory of the user's
  return Staging(real_file_system(), workshop / "deployment").make_executable(function, code);
}

CoreConfig core_config(const LocalRunOptions& options) {
  CoreConfig config;
  config.thing_arn = ThingArn::make(Region(std::string(options.function.arn.region())),
                                    AccountId(std::string(options.function.arn.account())), ThingName("run-local"));
  config.gg_https = {"localhost", 8443};
  config.iot_mqtt = {"localhost", 8883};
  config.runtimes = options.interpreters;
  config.allow_root_functions = ::geteuid() == 0;  // the function runs as the caller, whoever that is
  return config;
}

LauncherPolicy launcher_policy() {
  LauncherPolicy policy;
  policy.core_uid = ::geteuid();
  policy.core_gid = ::getegid();
  policy.root_functions = RootFunctions(::geteuid() == 0);
  return policy;
}

FunctionServiceOptions service_options(const LocalRunOptions& options, const Workshop& workshop, std::uint16_t port) {
  FunctionServiceOptions out;
  out.config = core_config(options);
  out.ipc_port = port;
  out.runtime_directory = workshop / "runtime";
  out.user_log_directory = workshop / "log";
  out.code_directory = workshop / "deployment";
  out.limits = limits_of(out.config);
  out.limits.max_init_failures = 1;
  out.policy = launcher_policy();
  out.log_sink = [for_people = ::isatty(STDERR_FILENO) == 1](std::string_view lines) {
    const std::string shown = for_people ? printable(lines, LineEnds::keep) : std::string(lines);
    std::fwrite(shown.data(), 1, shown.size(), stderr);
  };
  return out;
}

Result<void> check_event(const LocalRunOptions& options) {
  const std::string_view event = options.event.view();
  if (options.function.encoding != Encoding::json || event.empty()) return ok();
  if (is_json(event, json_dialect_of(options.function.runtime))) return ok();
  const auto parsed = parse_json(event);
  return Error(Code::invalid_argument, fmt::format("the event is not JSON{}; with --binary it may be any bytes",
                                                   parsed ? "" : ": " + parsed.error().message()));
}

/// What is prepared before the loop runs, while there is one thread.
struct Prepared {
  std::string code;
  LauncherProcess launcher;
  Listeners listeners;
};

Result<Prepared> prepare(LocalRunOptions& options, const Workshop& workshop, asio::io_context& io) {
  FunctionConfig& function = options.function;
  FESCUE_TRY(code, unpack(options, workshop));
  if (function.runtime.empty()) {
    InterpreterSearch search;
    search.configured = options.interpreters;
    FESCUE_TRY(guessed, guess_runtime(code, function.handler, search, ourselves()));
    function.runtime = std::move(guessed);
  }
  if (function.runtime == kExecutableRuntime) function.encoding = Encoding::binary;  // V1's executables know no other
  FESCUE_CHECK(check_event(options));
  function.isolation = Isolation::none;
  function.run_as = {::geteuid(), ::getegid()};
  function.environment.try_emplace("PYTHONDONTWRITEBYTECODE", "1");  // on a core a package is not theirs to write to
  FESCUE_CHECK(make_executable(function, code, workshop));
  FESCUE_TRY(installation, find_installation(options.runtimes_directory));
  FESCUE_CHECK(install_runtimes(installation, workshop / "runtime"));
  FESCUE_TRY(launcher, spawn_launcher(launcher_policy()));
  FESCUE_TRY(listeners, listen_on(io, "127.0.0.1", 0, "--ipc"));
  return Prepared{std::move(code), std::move(launcher), std::move(listeners)};
}

/// The parts of a core that one function needs.
class LocalCore {
 public:
  LocalCore(ServiceLoop& loop, LocalRunOptions options, Prepared prepared, const Workshop& workshop)
      : loop_(loop),
        options_(std::move(options)),
        code_(std::move(prepared.code)),
        recorder_(std::move(options_.answers), [] { return epoch_milliseconds(wall_now()) / 1000; }),
        ipc_(loop.io(), {.socket_directory = workshop / "socket"}),
        listeners_(std::move(prepared.listeners)),
        functions_(loop.io(), service_options(options_, workshop, listeners_.port), std::move(prepared.launcher), ipc_,
                   [this](const Error& error) { give_up(error); }),
        over_(loop.io()),
        stopped_(loop.io()),
        tasks_(loop.io()) {}

  Task<Result<LocalRunOutcome>> run() {
    FESCUE_CO_CHECK(ipc_.start(std::move(listeners_), {functions_, recorder_, recorder_, log_files_of(functions_)}));
    tasks_.spawn("interruption", watch_for_interruption());
    auto outcome = co_await call();
    phase_ = Phase::ending;
    tasks_.stop();
    if (!lost_) co_await stop_functions();
    co_await ipc_.stop();
    if (outcome) {
      outcome->calls = recorder_.calls();  // with those of its last moments
      outcome->calls_left_out = recorder_.left_out();
    }
    co_return outcome;
  }

 private:
  Result<void> activate() {
    auto group = std::make_shared<Group>();
    group->functions = {options_.function};
    std::optional<Result<void>> prepared;
    functions_.prepare({group, {{options_.function.arn, code_}}},
                       [&](Result<void> result) { prepared = std::move(result); });
    FESCUE_ASSERT(prepared.has_value());  // an on-demand function is not waited for
    if (*prepared) functions_.commit();
    return std::move(*prepared);
  }

  Task<Result<LocalRunOutcome>> call() {
    FESCUE_CO_CHECK(activate());
    const SteadyTime begun = steady_now();
    Invocation invocation{.id = InvocationId(random_uuid()),
                          .caller = FunctionArn(),
                          .target = options_.function.arn,
                          .type = InvocationType::request_response,
                          .client_context = {},
                          .payload = options_.event};
    if (!options_.client_context.empty()) invocation.client_context = base64_encode(options_.client_context);
    FESCUE_CO_CHECK(functions_.submit(std::move(invocation), [this](InvocationResult result) {
      result_ = std::move(result);
      over_.set();
    }));
    if (!over_.is_set()) co_await over_.wait();
    if (!result_) co_return given_up_.value_or(Error(Code::internal, "there is no result"));
    LocalRunOutcome outcome;
    outcome.function = options_.function;
    outcome.result = std::move(*result_);
    outcome.end = functions_.counters().timeouts > 0 ? RunEnd::timed_out : RunEnd::finished;
    outcome.duration = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - begun);
    if (const auto plan = functions_.plan_of(options_.function.arn); plan && *plan) {
      outcome.interpreter = (*plan)->interpreter;
      outcome.notes = (*plan)->notes;
    }
    co_return outcome;
  }

  Task<void> watch_for_interruption() {
    co_await loop_.stop_requested();
    if (phase_ == Phase::running) give_up(Error(Code::cancelled, "interrupted"));
  }

  void give_up(const Error& error) {
    lost_ = error.code() != Code::cancelled;
    given_up_ = error;
    over_.set();
    if (lost_) stopped_.set();
  }

  Task<void> stop_functions() {
    functions_.deactivate([this] { stopped_.set(); });
    co_await stopped_.wait();
  }

  ServiceLoop& loop_;
  LocalRunOptions options_;
  std::string code_;
  Recorder recorder_;
  IpcServer ipc_;
  Listeners listeners_;
  FunctionService functions_;
  Event over_;     // there is a result, or the call was given up
  Event stopped_;  // the functions are, or the launcher is lost
  TaskGroup tasks_;
  std::optional<InvocationResult> result_;
  std::optional<Error> given_up_;
  enum class Phase { running, ending } phase_ = Phase::running;
  bool lost_ = false;  // the launcher, and the function with it
};

Task<int> serve(ServiceLoop& loop, LocalRunOptions options, Prepared prepared, const Workshop& workshop,
                std::optional<Result<LocalRunOutcome>>& outcome) {
  LocalCore core(loop, std::move(options), std::move(prepared), workshop);
  outcome = co_await core.run();
  co_return 0;
}

}  // namespace

Result<LocalRunOutcome> run_locally(LocalRunOptions options) {
  FESCUE_TRY(workshop, Workshop::make());
  ServiceLoop loop{Fd()};
  FESCUE_TRY(prepared, prepare(options, workshop, loop.io()));
  std::optional<Result<LocalRunOutcome>> outcome;
  loop.run([&] { return serve(loop, std::move(options), std::move(prepared), workshop, outcome); });
  FESCUE_ASSERT(outcome.has_value());
  return std::move(*outcome);
}

std::string to_json(const LocalRunOutcome& outcome) {
  const FunctionConfig& function = outcome.function;
  json::array notes;
  for (const std::string& note : outcome.notes) notes.push_back(json::string(note));
  json::object result;
  const std::string_view error = name_of(outcome.result.error);
  result["function_error"] = error.empty() ? json::value() : json::value(error);
  result["timed_out"] = outcome.end == RunEnd::timed_out;
  put_payload(result, outcome.result.payload.view());
  json::object out{{"function", json::object{{"arn", function.arn.str()},
                                             {"runtime", function.runtime},
                                             {"handler", function.handler},
                                             {"interpreter", outcome.interpreter}}},
                   {"notes", std::move(notes)},
                   {"result", std::move(result)},
                   {"duration_ms", outcome.duration.count()},
                   {"calls", outcome.calls}};
  if (outcome.calls_left_out > 0) out["calls_left_out"] = outcome.calls_left_out;
  return json::serialize(out);
}

}  // namespace fescue
