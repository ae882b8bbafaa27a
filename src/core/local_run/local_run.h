// One function run once, on a developer's machine or in a project's CI: the launcher, the local API and the runtimes
// are those of a core, what is around them is recorder.h. No root, no container, no control plane; the function runs as
// whoever runs this, in a place that is gone afterwards.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"
#include "core/local_run/canned_answers.h"
#include "model/group.h"
#include "model/invocation.h"

namespace fescue {

struct LocalRunOptions {
  std::string package;         // a zip, or a directory, which is used in place
  FunctionConfig function;     // an empty runtime is guessed; run_as and isolation are not looked at
  Payload event;               //
  std::string client_context;  // JSON; may be empty
  CannedAnswers answers;
  std::map<std::string, std::string> interpreters;  // runtime -> path, as fescue.runtimes
  std::string runtimes_directory;                   // as of CoreOptions
};

enum class RunEnd { finished, timed_out };

struct LocalRunOutcome {
  FunctionConfig function;         // as it was run
  std::string interpreter;         // empty for programs
  std::vector<std::string> notes;  // what may surprise, e.g. an interpreter that stands in for another
  InvocationResult result;
  RunEnd end = RunEnd::finished;
  std::chrono::milliseconds duration{0};
  boost::json::array calls;  // recorder.h
  std::size_t calls_left_out = 0;
};

/// What the function prints goes to standard error as it comes. Blocks until the function and everything it started
/// have ended. Errors, when there was nothing to run: the package, the runtime or the event are of no use
/// (invalid_argument, not_found, permission_denied ...); cancelled by SIGINT or SIGTERM.
Result<LocalRunOutcome> run_locally(LocalRunOptions options);

/// The outcome as one JSON document.
std::string to_json(const LocalRunOutcome& outcome);

}  // namespace fescue
