// The variables in their order of precedence, the command of each runtime, and the words of ExecArgs.
#include "functions/launch/worker_environment.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/random.h"
#include "base/text/paths.h"
#include "functions/launch/interpreter_version.h"
#include "functions/launch/java_command.h"

namespace fescue {

namespace {

using Variables = std::map<std::string, std::string>;

constexpr std::string_view kMaxInterfaceVersion = "1.5";
constexpr int kOldestNode = 6;
constexpr int kOldestJava = 8;
constexpr std::array<std::string_view, 3> kCustomRuntimes = {"provided", "provided.al2", "provided.al2023"};
constexpr std::string_view kLoopback = "localhost,127.0.0.1,::1";

/// Of the variables that the core sets, those that a function may set itself; for the others its values are ignored.
constexpr std::array<std::string_view, 10> kOverridable = {"PATH",       "HOME",       "AWS_REGION",  "LOG_LEVEL",
                                                           "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                                           "no_proxy",   "NO_PROXY"};
/// Those that a function may append to: lists of the loader, in which the core's entries come first.
constexpr std::array<std::string_view, 2> kExtensible = {"LD_LIBRARY_PATH", "LD_PRELOAD"};

std::string_view name_of(Encoding encoding) { return encoding == Encoding::json ? "json" : "binary"; }

void add_identity(Variables& env, const FunctionConfig& function, const WorkerSettings& settings) {
  env["MY_FUNCTION_ARN"] = function.arn.str();
  env["ENCODING_TYPE"] = name_of(function.encoding);
  env["GGC_MAX_INTERFACE_VERSION"] = kMaxInterfaceVersion;
  env["SHADOW_FUNCTION_ARN"] = system_function::shadow.str();
  env["ROUTER_FUNCTION_ARN"] = system_function::router.str();
  env["SECRETS_MANAGER_FUNCTION_ARN"] = system_function::secret_manager.with_qualifier("1").str();
  env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = settings.token;
  env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
      fmt::format("http://localhost:{}/2016-11-01/credentialprovider/", settings.ipc_port);
  env["GG_DAEMON_PORT"] = std::to_string(settings.ipc_port);
  env["IPC_SOCK_FILE"] = settings.places.ipc_socket;
}

void add_endpoints(Variables& env, const CoreConfig& core) {
  env["AWS_GG_HTTP_ENDPOINT"] = core.gg_https.str();
  env["AWS_GG_MQTT_ENDPOINT"] = HostPort{core.gg_https.host, 8883}.str();
  env["AWS_IOT_HTTP_ENDPOINT"] = HostPort{core.iot_mqtt.host, 8443}.str();
  env["AWS_IOT_MQTT_ENDPOINT"] = core.iot_mqtt.str();
  env["GG_MQTT_KEEP_ALIVE"] = std::to_string(core.keep_alive.count());
}

void add_surroundings(Variables& env, const FunctionConfig& function, const WorkerSettings& settings) {
  env["AWS_GG_RESOURCE_PREFIX"] = settings.places.resources;
  env["AWS_REGION"] = function.arn.region();
  env["PATH"] = kWorkerPath;
  env["HOME"] = settings.places.home;
  env["LOG_LEVEL"] = log::name_of(settings.log_level);
  env["_GG_LOG_FD_INFO"] = "1";
  env["_GG_LOG_FD_ERROR"] = "2";
  env["_GG_LOG_FD_DEBUG"] = "3";
  env["_GG_LOG_FD_WARN"] = "4";
  env["_GG_LOG_FD_FATAL"] = "5";
  env["_GG_LOG_FD_TRACE"] = "6";
  if (!settings.proxy) return;
  std::string exempt = settings.proxy->no_proxy;
  if (!exempt.empty()) exempt += ',';
  exempt += kLoopback;
  for (const char* name : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}) env[name] = settings.proxy->url;
  for (const char* name : {"no_proxy", "NO_PROXY"}) env[name] = exempt;
}

bool is_one_of(const std::string& name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// V1's runtimes do not start with a level that they do not know.
bool is_invalid_log_level(const std::string& name, const std::string& value) {
  return name == "LOG_LEVEL" && value != "NOTSET" && !log::parse_level(value);
}

Result<void> add_user_variables(Variables& env, const FunctionConfig& function) {
  for (const auto& [name, value] : function.environment) {
    const bool sound = !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos &&
                       value.find('\0') == std::string::npos;
    if (!sound) {
      return Error(Code::invalid_argument,
                   fmt::format("the environment variable \"{}\" cannot be passed to a process", name.substr(0, 100)));
    }
    if (env.contains(name) && is_one_of(name, kExtensible)) {
      env[name] += ":" + value;
    } else if ((!env.contains(name) || is_one_of(name, kOverridable)) && !is_invalid_log_level(name, value)) {
      env[name] = value;
    }
  }
  return ok();
}

WorkerCommand python_command(const FunctionConfig& function, const WorkerSettings& settings) {
  WorkerCommand command;
  command.program = settings.interpreter;
  command.arguments = {function.runtime, "-u", settings.places.runtimes + "/python/lambda_runtime.py",
                       "--handler=" + function.handler};
  return command;
}

/// A runtime that opens a connection itself waits for the classes or modules that do so (bench/profiles.md).
void give_connection(WorkerCommand& command, ConnectionPlace place, Variables& env) {
  command.connection = place;
  env["FESCUE_CONNECTION"] = std::to_string(kConnectionDescriptor);
}

/// `require` finds the package's own modules first, then the core's, which a package cannot have forgotten.
WorkerCommand nodejs_command(const FunctionConfig& function, const WorkerSettings& settings, Variables& env) {
  const std::string folder = settings.places.runtimes + "/nodejs";
  env["NODE_PATH"] = fmt::format("{0}:{1}/modules:{0}/node_modules", settings.places.package, folder);
  WorkerCommand command;
  command.program = settings.interpreter;
  command.arguments = {function.runtime, folder + "/lambda_nodejs_runtime.js", "--handler=" + function.handler};
  give_connection(command, ConnectionPlace::own, env);
  return command;
}

/// Or the JVM would take names of files and the words of its command line for ASCII; Python and Node.js do not.
void choose_utf8(Variables& env) {
  const auto says_something = [&](const char* name) { return env.contains(name) && !env.at(name).empty(); };
  if (!says_something("LC_ALL") && !says_something("LC_CTYPE") && !says_something("LANG")) env["LC_CTYPE"] = "C.UTF-8";
}

Result<WorkerCommand> java_command(const FunctionConfig& function, const WorkerSettings& settings, Variables& env) {
  FESCUE_TRY(exec_args, split_arguments(function.exec_args));
  WorkerCommand command;
  command.program = settings.interpreter;
  command.arguments = java_arguments(function, settings, exec_args);
  give_connection(command, ConnectionPlace::own_and_input, env);
  return command;
}

/// Our C library must win over the stub that a program was linked to, or carries. LD_LIBRARY_PATH does so over RUNPATH,
/// but an old-style RPATH is searched before it; a library that is preloaded under the same SONAME comes before both.
/// (The loader can quote neither blanks nor colons in LD_PRELOAD; a core below such a directory does without it.)
void add_c_library(Variables& env, const WorkerPlaces& places) {
  const std::string directory = places.runtimes + "/executable";
  env["LD_LIBRARY_PATH"] = directory + ":" + places.package;
  if (directory.find_first_of(": ") == std::string::npos) {
    env["LD_PRELOAD"] = directory + "/libaws-greengrass-core-sdk-c.so";
  }
}

Result<WorkerCommand> executable_command(const FunctionConfig& function, const WorkerSettings& settings,
                                         Variables& env) {
  const std::string& handler = function.handler;
  if (!is_file_name(handler)) {
    return Error(
        Code::invalid_argument,
        fmt::format("the handler of an executable is the name of a file at the root of its package, not \"{}\"",
                    handler.substr(0, 200)));
  }
  WorkerCommand command;
  command.program = settings.places.package + "/" + handler;
  command.arguments = {command.program};
  add_c_library(env, settings.places);
  return command;
}

/// As AWS Lambda starts them: `bootstrap` of the package, with what runtime interface clients look for
/// (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "defined runtime environment variables").
WorkerCommand custom_command(const FunctionConfig& function, const WorkerSettings& settings, Variables& env) {
  const std::string& package = settings.places.package;
  const FunctionArn& arn = function.arn;
  env["AWS_LAMBDA_RUNTIME_API"] = fmt::format("127.0.0.1:{}", settings.runtime_api_port);
  env["_HANDLER"] = function.handler;
  env["LAMBDA_TASK_ROOT"] = package;
  env["LD_LIBRARY_PATH"] = fmt::format("{0}:{0}/lib", package);
  env["AWS_DEFAULT_REGION"] = arn.region();
  env["AWS_LAMBDA_FUNCTION_NAME"] = arn.name();
  env["AWS_LAMBDA_FUNCTION_VERSION"] = arn.qualifier();
  env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(memory_limit_kb(function) / 1024);
  env["AWS_LAMBDA_LOG_GROUP_NAME"] =
      fmt::format("/aws/greengrass/Lambda/{}/{}/{}", arn.region(), arn.account(), arn.name());
  env["AWS_LAMBDA_LOG_STREAM_NAME"] = fmt::format("[{}]", arn.qualifier());
  env["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  WorkerCommand command;
  command.program = package + "/" + std::string(kBootstrap);
  command.arguments = {command.program};
  return command;
}

Result<WorkerCommand> command_of(RuntimeKind kind, const FunctionConfig& function, const WorkerSettings& settings,
                                 Variables& env) {
  switch (kind) {
    case RuntimeKind::python:
      return python_command(function, settings);
    case RuntimeKind::nodejs:
      return nodejs_command(function, settings, env);
    case RuntimeKind::java:
      return java_command(function, settings, env);
    case RuntimeKind::custom:
      return custom_command(function, settings, env);
    case RuntimeKind::executable:
      break;
  }
  return executable_command(function, settings, env);
}

}  // namespace

Result<RuntimeKind> runtime_kind(std::string_view runtime) {
  if (runtime == kExecutableRuntime) return RuntimeKind::executable;
  if (std::ranges::find(kCustomRuntimes, runtime) != kCustomRuntimes.end()) return RuntimeKind::custom;
  const auto version = parse_runtime(runtime);
  if (version && version->family == RuntimeFamily::node && version->major >= kOldestNode) return RuntimeKind::nodejs;
  if (version && version->family == RuntimeFamily::java && version->major >= kOldestJava) return RuntimeKind::java;
  if (version && version->family == RuntimeFamily::python && (version->major == 3 || runtime == "python2.7")) {
    return RuntimeKind::python;
  }
  return Error(Code::unimplemented, fmt::format("runtime {} is not supported by this core (python2.7, python3.x, "
                                                "nodejs6.10 and java8 and later, executables, and provided, "
                                                "provided.al2 and provided.al2023 are)",
                                                runtime.substr(0, 100)));
}

Result<WorkerCommand> worker_command(const FunctionConfig& function, const WorkerSettings& settings) {
  FESCUE_TRY(kind, runtime_kind(function.runtime));
  FESCUE_TRY(extra, split_arguments(function.exec_args));
  Variables env;
  add_identity(env, function, settings);
  add_endpoints(env, settings.core);
  add_surroundings(env, function, settings);
  FESCUE_TRY(command, command_of(kind, function, settings, env));
  FESCUE_CHECK(add_user_variables(env, function));
  if (kind == RuntimeKind::java) choose_utf8(env);
  if (kind != RuntimeKind::java) command.arguments.insert(command.arguments.end(), extra.begin(), extra.end());
  for (const auto& [name, value] : env) command.environment.push_back(name + "=" + value);
  return command;
}

std::string new_worker_token() { return "Basic " + base64_encode(random_bytes(32)); }

Result<std::vector<std::string>> split_arguments(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (quote != 0 && c == quote) {
      quote = 0;
      continue;
    }
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      continue;
    }
    if (c == '\\' && quote != '\'' && at + 1 < text.size()) c = text[++at];
    words.back() += c;
  }
  if (quote != 0) return Error(Code::invalid_argument, "ExecArgs: a quote does not end");
  if (text.find('\0') != std::string_view::npos) return Error(Code::invalid_argument, "ExecArgs: a NUL character");
  return words;
}

}  // namespace fescue
