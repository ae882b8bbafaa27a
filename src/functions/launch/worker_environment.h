// What a worker is started with: program, arguments and environment, from the function's configuration. Pure.
// (docs/compatibility/runtimes.md#environment, docs/compatibility/runtimes.md#interpreters)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "model/core_config.h"
#include "model/group.h"
#include "sandbox/spec.h"

namespace fescue {

enum class RuntimeKind { python, nodejs, java, executable, custom };

/// "python2.7", "python3.N", "nodejsN.x", "nodejsN.N", "javaN" from 8 on, "java8.al2", V1's executable runtime, and
/// "provided", "provided.al2" and "provided.al2023". Error: unimplemented, naming the runtime.
Result<RuntimeKind> runtime_kind(std::string_view runtime);

/// V1's coreThing.networkProxy.
struct ProxySettings {
  std::string url;       // with its credentials
  std::string no_proxy;  // comma-separated; loopback is added
};

/// Where things are, as the worker sees them: without a container these are the host's paths.
struct WorkerPlaces {
  std::string package;     // "/lambda"
  std::string runtimes;    // "/runtime"
  std::string ipc_socket;  // "/greengrass_ipc.sock"
  std::string home;
  std::string resources = "/";  // AWS_GG_RESOURCE_PREFIX
};

struct WorkerSettings {
  const CoreConfig& core;
  const WorkerPlaces& places;
  std::string interpreter{};  // absolute path; not for executables
  std::string token{};        // whole value of Authorization
  std::uint16_t ipc_port = 8000;
  log::Level log_level = log::Level::info;
  std::optional<ProxySettings> proxy{};
  std::uint16_t runtime_api_port = 0;  // for custom runtimes
  std::string class_archive{};         // for Java: a file's name (java_command.h)
};

/// PATH, unless the function has its own.
inline constexpr std::string_view kWorkerPath = "/usr/bin:/usr/local/bin";

struct WorkerCommand {
  std::string program;
  std::vector<std::string> arguments;    // argv, with argv[0]
  std::vector<std::string> environment;  // "NAME=value", sorted by name
  ConnectionPlace connection = ConnectionPlace::none;
};

/// Errors: unimplemented (runtime), invalid_argument (handler, ExecArgs or a variable that cannot be passed on).
Result<WorkerCommand> worker_command(const FunctionConfig& function, const WorkerSettings& settings);

/// "Basic " + base64 of 32 random bytes: the worker's Authorization header, verbatim.
std::string new_worker_token();

/// ExecArgs as words: blanks part them, '...' and "..." keep them together, \ takes the next character as it is (not
/// inside '...'). Error: invalid_argument for a quote that does not end.
Result<std::vector<std::string>> split_arguments(std::string_view text);

}  // namespace fescue
