// WorkerSockets: the functions have the IPC edge open one Unix socket for each worker, before it starts, and close it
// after its end. A descriptor passes through here as a value; nothing is done with it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "model/arn.h"
#include "model/ids.h"

namespace fescue {

/// A worker of a custom runtime.
struct CustomWorker {
  WorkerId id;
  FunctionArn function;
  Duration timeout{};  // from the delivery of an item
};

class WorkerSockets {
 public:
  virtual ~WorkerSockets() = default;

  /// Listens on a new socket that only processes of `uid` may use. Returns its path on the host.
  virtual Result<std::string> open(const WorkerId& worker, uid_t uid) = 0;
  /// The worker's end of a connection that its socket, which is open, serves already.
  virtual Result<Fd> connect(const WorkerId& worker) = 0;
  /// Lets the worker, whose socket is open, take its work by the Lambda Runtime API as well, on a loopback port of its
  /// own. Returns the port. Who connects there waits for admit().
  virtual Result<std::uint16_t> open_runtime_api(const CustomWorker& worker) = 0;
  /// The worker has started. Besides having its uid, who connects to its Runtime API must belong to that v2 control
  /// group, by its number; 0 when the worker has none of its own, and then the uid alone counts.
  virtual void admit(const WorkerId& worker, std::uint64_t cgroup) = 0;
  virtual void close(const WorkerId& worker) = 0;
};

}  // namespace fescue
