// gg_global_init(), once, and what it makes.
#include "process.h"

#include <atomic>
#include <cstdio>

#include "log.h"
#include "termination.h"

namespace fescue {

namespace {

constinit std::atomic<State*> made = nullptr;

gg_error make_state() {
  auto* fresh = new State;
  if (fresh == nullptr) return GGE_OUT_OF_MEMORY;
  gg_error outcome = read_environment(fresh->environment);
  if (outcome == GGE_SUCCESS) outcome = prepare_termination();
  if (outcome != GGE_SUCCESS) {
    delete fresh;
    return outcome;
  }
  made = fresh;
  return GGE_SUCCESS;
}

}  // namespace

State* state() { return made; }

}  // namespace fescue

using namespace fescue;

gg_error gg_global_init(uint32_t opt) {
  if (opt != 0) return GGE_INVALID_PARAMETER;
  if (state() != nullptr) return GGE_SUCCESS;
  // Standard output is a pipe: without this, what a function prints would stay in its buffer until the worker ends.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  return make_state();
}

gg_error gg_log(gg_log_level level, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const gg_error outcome = log_record(level, format, arguments);
  va_end(arguments);
  return outcome;
}
