// The process of `fescue core`: opens what needs root, starts the launcher, becomes user fescue, then runs the deployed
// group until it is asked to stop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "model/core_config.h"

namespace fescue {

struct CoreOptions {
  std::string root = "/greengrass";  // V1's layout: config/, certs/, ggc/
  std::optional<HostPort> ipc;       // overrides coreThing.ggDaemonPort; not bound where a socket "ipc" is inherited
  std::optional<HostPort> devices;   // overrides coreThing.ggMqttPort, of this machine alone; not bound where "devices"
                                     // is inherited
  std::string runtimes_directory;    // empty: found beside the executable or in /usr/lib/fescue
  std::vector<std::string> hidden;   // directories that no container shows and no resource comes from, besides `root`
};

/// Runs until SIGTERM, SIGINT or the end of `control`; returns the exit status (70 when the launcher is lost, so that
/// the supervisor starts both anew). What it says when ready, on `control`: {"ipc":"host:port"}
int run_core(const CoreOptions& options, Fd control);

}  // namespace fescue
