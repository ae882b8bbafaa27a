// gg_runtime_start(): the work loop on the caller's thread or on its own, and how the process ends with it.
#include <pthread.h>
#include <unistd.h>

#include <atomic>

#include "log.h"
#include "process.h"
#include "termination.h"
#include "work_loop.h"

namespace fescue {

namespace {

constinit std::atomic<bool> started = false;

gg_error run(WorkLoop& loop) {
  const gg_error outcome = loop.run();
  if (outcome == GGE_TERMINATE) {
    log_line(GG_LOG_INFO, "Caught SIGTERM. Stopping runtime.");
  } else {
    log_line(GG_LOG_FATAL, "The worker ends: %s",
             outcome == GGE_OUT_OF_MEMORY ? "there is no memory left" : "the core cannot be reached");
  }
  return outcome;
}

/// Main lives on, in code of its own or in a sleep. Its calls of the SDK now return GGE_TERMINATE, so it may end by
/// itself and clean up; but end it must before the core kills the worker, two seconds after SIGTERM.
void let_main_end() {
  constexpr int kPauses = 10, kPauseMs = 100;
  for (int i = 0; i < kPauses; ++i) {
    wait_readable_to_the_end(-1, kPauseMs);
    interrupt_main();
  }
}

void* run_beside_main(void* loop) {
  const gg_error outcome = run(*static_cast<WorkLoop*>(loop));
  if (outcome == GGE_TERMINATE) let_main_end();
  std::exit(outcome == GGE_TERMINATE ? 0 : 1);
}

gg_error start_thread(WorkLoop* loop) {
  pthread_t thread{};
  if (pthread_create(&thread, nullptr, run_beside_main, loop) != 0) return GGE_INTERNAL_FAILURE;
  pthread_detach(thread);
  return GGE_SUCCESS;
}

}  // namespace

}  // namespace fescue

using namespace fescue;

gg_error gg_runtime_start(gg_lambda_handler handler, uint32_t opt) {
  if (handler == nullptr || (opt & ~static_cast<uint32_t>(GG_RT_OPT_ASYNC)) != 0) return GGE_INVALID_PARAMETER;
  if (state() == nullptr || started.exchange(true)) return GGE_INVALID_STATE;
  const bool async = (opt & GG_RT_OPT_ASYNC) != 0;
  const RunsOn runs_on = async ? RunsOn::own_thread : RunsOn::mains_thread;
  auto* loop = new WorkLoop(state()->environment, handler, runs_on);  // for the rest of the process's life
  if (loop == nullptr) return GGE_OUT_OF_MEMORY;
  if (const gg_error error = catch_sigterm(); error != GGE_SUCCESS) return error;
  log_line(GG_LOG_INFO, "Running [%.*s]", static_cast<int>(state()->environment.function_arn.size()),
           state()->environment.function_arn.view().data());
  return async ? start_thread(loop) : run(*loop);
}
