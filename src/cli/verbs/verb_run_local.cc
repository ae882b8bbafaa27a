// `fescue run-local`: what to run, its inputs, and the result on standard output.
#include <fcntl.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "cli/say.h"
#include "cli/text_input.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "core/local_run/local_run.h"
#include "model/json_reader.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace {

constexpr int kTimedOut = 3;
constexpr int kNotRun = 4;
constexpr std::size_t kMaxAnswers = 16 * 1024 * 1024;

struct RunLocalOptions {
  LocalRunOptions run;
  std::string name, event = "{}", context, answers, record, interpreter;
  std::vector<std::string> variables;
  unsigned timeout_seconds = 3;
  bool binary = false, json = false;
};

/// What a function of this package would be called: letters, digits, - and _ of the file's name.
std::string name_from(const std::string& package) {
  std::error_code failure;
  const std::filesystem::path real = std::filesystem::weakly_canonical(package, failure);
  std::string name = std::filesystem::is_directory(real, failure) ? real.filename() : real.stem();
  for (char& c : name) {
    if (!is_alphanumeric(c) && c != '_') c = '-';
  }
  return name.empty() ? "function" : name.substr(0, 64);
}

/// NAME, NAME:VERSION or an ARN.
Result<FunctionArn> function_arn(const std::string& name) {
  const std::string text = name.starts_with("arn:") ? name : "arn:aws:lambda:us-west-2:123456789012:function:" + name;
  FESCUE_TRY(arn, FunctionArn::parse(text));
  return arn.is_qualified() ? std::move(arn) : arn.with_qualifier("1");
}

Result<void> add_variables(FunctionConfig& function, const std::vector<std::string>& variables) {
  for (const std::string& variable : variables) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error(Code::invalid_argument, fmt::format("--env takes NAME=VALUE, not \"{}\"", variable.substr(0, 100)));
    }
    function.environment[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return ok();
}

Result<void> read_inputs(RunLocalOptions& options) {
  LocalRunOptions& run = options.run;
  if (!real_file_system().exists(run.package)) return Error(Code::not_found, "there is no " + run.package);
  FESCUE_TRY(arn, function_arn(options.name.empty() ? name_from(run.package) : options.name));
  run.function.arn = std::move(arn);
  run.function.timeout = std::chrono::seconds(options.timeout_seconds);
  run.function.encoding = options.binary ? Encoding::binary : Encoding::json;
  FESCUE_CHECK(add_variables(run.function, options.variables));
  if (!options.interpreter.empty()) {
    if (run.function.runtime.empty()) {
      return Error(Code::invalid_argument, "--interpreter needs --runtime, which it is for");
    }
    run.interpreters[run.function.runtime] = std::filesystem::absolute(options.interpreter);
  }
  FESCUE_TRY(event, text_input(options.event));
  run.event = Payload(std::move(event));
  if (!options.context.empty()) {
    FESCUE_TRY(context, object_input(options.context, "--client-context"));
    run.client_context = std::move(context);
  }
  if (options.answers.empty()) return ok();
  FESCUE_TRY(text, file_input(options.answers, kMaxAnswers));
  auto answers = parse_canned_answers(text);
  if (!answers) return answers.error().in(options.answers);
  run.answers = std::move(*answers);
  return ok();
}

/// Written in place, so that it may be a pipe or /dev/stderr as well.
Result<void> write_record(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) return errno_error(path);
  const auto written = write_all(file.get(), text);
  if (!written) return written.error().in(path);
  return ok();
}

/// The result on standard output as `fescue invoke` prints it; bytes that are no text are not touched.
void print_result(const LocalRunOutcome& outcome) {
  const std::string_view payload = outcome.result.payload.view();
  say(stdout, payload);
  if (!payload.empty() && is_valid_utf8(payload) && payload.back() != '\n') say(stdout, "\n");
}

/// For whoever expected to see what the function does, not what it returns.
std::string remark_on_nothing(const LocalRunOutcome& outcome) {
  return fmt::format("fescue run-local: {} returned nothing (null); --json shows the {} calls it made\n",
                     outcome.function.arn.name(), outcome.calls.size());
}

int status_of(const LocalRunOutcome& outcome) {
  if (outcome.end == RunEnd::timed_out) return kTimedOut;
  return outcome.result.error == FunctionError::none ? kOk : kFailed;
}

int run_local(RunLocalOptions& options) {
  const auto refuse = [](const Error& error, int status) {
    fail("run-local", error);
    return status;
  };
  log::set_level(log::Level::fatal);  // the function's own lines and its result say it better
  if (const auto read = read_inputs(options); !read) return refuse(read.error(), kWrongCommand);
  const auto outcome = run_locally(std::move(options.run));
  if (!outcome)
    return refuse(outcome.error(), outcome.error().code() == Code::invalid_argument ? kWrongCommand : kNotRun);
  for (const std::string& note : outcome->notes) say(stderr, fmt::format("fescue run-local: {}\n", note));
  if (!options.record.empty()) {
    const auto written = write_record(options.record, to_json(*outcome) + "\n");
    if (!written) return refuse(written.error(), kWrongCommand);
  }
  options.json ? say(stdout, to_json(*outcome) + "\n") : print_result(*outcome);
  if (!options.json && outcome->result.payload.view() == "null") say(stderr, remark_on_nothing(*outcome));
  const std::string_view error = name_of(outcome->result.error);
  if (!error.empty()) {
    say(stderr, fmt::format("fescue run-local: {} failed ({})\n", outcome->function.arn.name(),
                            outcome->end == RunEnd::timed_out ? "timed out" : error));
  }
  return status_of(*outcome);
}

void add_what_runs(CLI::App& verb, RunLocalOptions& options) {
  FunctionConfig& function = options.run.function;
  verb.add_option("PACKAGE", options.run.package, "The deployment package: a zip, or the directory it is made of")
      ->required();
  verb.add_option("--handler", function.handler, "As in the function's configuration: module.function, or a file")
      ->type_name("HANDLER")
      ->required();
  verb.add_option("--event", options.event, "The event: JSON, @FILE, or - for standard input")
      ->type_name("JSON")
      ->capture_default_str();
  verb.add_option("--client-context", options.context, "The client context, e.g. {\"custom\":{\"subject\":\"a/b\"}}")
      ->type_name("JSON");
  verb.add_flag("--binary", options.binary, "The event and the result are bytes, not JSON (EncodingType binary)");
  verb.add_option("--runtime", function.runtime, "As in the function's configuration; without it, the package tells")
      ->type_name("RUNTIME");
  verb.add_option("--interpreter", options.interpreter, "The program that runs RUNTIME, wherever it is")
      ->type_name("FILE");
  verb.add_option("--runtimes", options.run.runtimes_directory, "Where Fescue's language runtimes are")
      ->type_name("DIR");
}

void add_how(CLI::App& verb, RunLocalOptions& options) {
  verb.add_option("--timeout", options.timeout_seconds, "What the group would give one call")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 2147483))
      ->capture_default_str();
  verb.add_option("--env", options.variables, "A variable of the function's; may come again")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->expected(1);
  verb.add_option("--name", options.name, "What the function is called: NAME, NAME:VERSION or an ARN")
      ->type_name("NAME");
  verb.add_option("--answers", options.answers, "What other functions, shadows and secrets answer it")
      ->type_name("FILE");
  verb.add_option("--record", options.record, "Write what it published, invoked and asked for, and its result")
      ->type_name("FILE");
  verb.add_flag("--json", options.json, "Print that record in place of the result");
}

}  // namespace

void add_run_local(CLI::App& app, int& status) {
  auto options = std::make_shared<RunLocalOptions>();
  CLI::App* verb = app.add_subcommand("run-local", "Run a handler of a package here, without a core");
  verb->footer(
      "The result is printed on standard output, what the function logs on standard error. The exit status is 0, or 1 "
      "when the function fails, 2 for a wrong command line or file, 3 when it runs out of time, 4 when it cannot be "
      "run.");
  add_what_runs(*verb, *options);
  add_how(*verb, *options);
  verb->callback([options, &status] { status = run_local(*options); });
}

}  // namespace fescue::cli
