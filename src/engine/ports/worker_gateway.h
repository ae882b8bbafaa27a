// Port between the IPC edge (what workers say over HTTP) and the lambda target (who the workers are, what they do
// next).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
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

  /// The worker went away without having read the item that its handler was given: somebody else may have it. Ignored
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

/// A worker of a custom runtime.
struct CustomWorker {
  WorkerId id;
  FunctionArn function;
  Duration timeout{};  // from the delivery of an item
};

/// The other direction: the lambda target has the IPC edge open one Unix socket for each worker.
class WorkerSockets {
 public:
  virtual ~WorkerSockets() = default;

  /// Listens on a new socket that only processes of `uid` may use. Returns its path on the host.
  virtual Result<std::string> open(const WorkerId& worker, uid_t uid) = 0;
  /// The worker's end of a connection that its door, which is open, serves already.
  virtual Result<Fd> connect(const WorkerId& worker) = 0;
  /// Lets the worker, whose door is open, take its work by the Lambda Runtime API as well, on a loopback port of its
  /// own. Returns the port. Who connects there waits for admit().
  virtual Result<std::uint16_t> open_runtime_api(const CustomWorker& worker) = 0;
  /// The worker has started. Besides having its uid, who connects to its Runtime API must belong to that v2 control
  /// group, by its number; 0 when the worker has none of its own, and then the uid alone counts.
  virtual void admit(const WorkerId& worker, std::uint64_t cgroup) = 0;
  virtual void close(const WorkerId& worker) = 0;
};

}  // namespace fescue
