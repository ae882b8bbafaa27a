// The health check's names of worker states (docs/compatibility/local-api.md#health).
#include "engine/ports/worker_gateway.h"

namespace fescue {

std::string_view name_of(WorkerState state) {
  switch (state) {
    case WorkerState::not_started:
      return "NotStarted";
    case WorkerState::starting:
      return "Starting";
    case WorkerState::initialized:
      return "Initialized";
    case WorkerState::waiting:
      return "Waiting";
    case WorkerState::working:
      return "Working";
    case WorkerState::failed_initialization:
      return "FailedInitialization";
    case WorkerState::terminated:
      return "Terminated";
  }
  return "NotStarted";
}

}  // namespace fescue
