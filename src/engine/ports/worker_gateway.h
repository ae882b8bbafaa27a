// WorkerGateway: what a worker says by the local API, and what it is told. The IPC edge asks, the functions answer. The
// other direction is worker_sockets.h.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/invocation.h"

namespace fescue {

struct WorkItem {
  InvocationId id;
  std::string client_context;  // base64 JSON or empty
  Payload payload;
};

/// Called once with the next item; never called when the worker is to stop (it gets a signal instead).
using WorkHandler = std::function<void(WorkItem)>;

/// V1's health API names (docs/compatibility/local-api.md#health).
enum class WorkerState { not_started, starting, initialized, waiting, working, failed_initialization, terminated };
std::string_view name_of(WorkerState state);

struct WorkerStatus {
  WorkerId id;
  FunctionArn function;
  WorkerState state = WorkerState::not_started;
  pid_t pid = 0;
};

/// Who a token belongs to.
struct WorkerIdentity {
  WorkerId id;
  FunctionArn function;
  uid_t uid = 0;
};

class WorkerGateway {
 public:
  virtual ~WorkerGateway() = default;

  /// The living worker that was given this token, verbatim as in its Authorization header.
  virtual std::optional<WorkerIdentity> authenticate(std::string_view token) const = 0;

  /// The worker asks for work (and thereby says that it is ready). At most one request is open for each worker: a newer
  /// one replaces an older, whose handler is never called.
  virtual void next_work(const WorkerId& worker, WorkHandler handler) = 0;
  /// The worker's connection went away before work came: what is given later waits for the next request.
  virtual void forget_request(const WorkerId& worker) = 0;

  /// The worker went away without having read the item that its handler was given: another worker may have it. Ignored
  /// when the worker does not hold that item any more.
  virtual void return_work(const WorkerId& worker, const InvocationId& id) = 0;

  /// Errors: not_found when the invocation is not this worker's.
  virtual Result<void> post_result(const WorkerId& worker, const InvocationId& id, InvocationResult result) = 0;

  /// Outcome of the worker's start-up; `failure` is absent on success.
  virtual void post_initialized(const WorkerId& worker, std::optional<std::string> failure) = 0;
  /// The worker has published something or called a function.
  virtual void note_call(const WorkerId& worker) = 0;

  virtual std::vector<WorkerStatus> workers() const = 0;
  /// Whether the running group has this function, with or without a worker.
  virtual bool is_deployed(const FunctionArn& function) const = 0;
};

}  // namespace fescue
