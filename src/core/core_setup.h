// What `fescue core` does while it may still be root, before it has a second thread: reads its configuration and keys,
// makes its directories, installs the runtimes, starts the launcher, binds its listeners, and becomes user fescue.
#pragma once

#include "base/result.h"
#include "core/admin/admin_server.h"
#include "core/core_daemon.h"
#include "core/layout.h"
#include "functions/launch/launcher_client.h"
#include "ipc/ipc_server.h"
#include "model/core_config.h"
#include "sys/tls/tls.h"

namespace fescue {

struct CoreSetup {
  CoreLayout layout;
  CoreConfig config;
  TlsIdentity identity;
  std::string ca_pem;
  LauncherPolicy policy;
  LauncherProcess launcher;
  Listeners ipc;
  Listeners devices;           // none when the port of config.json cannot be had
  std::string why_no_devices;  // then
  AdminKeys owner;
};

/// Errors say which file, port or user is wrong. Afterwards this process has no privileges any more.
Result<CoreSetup> set_up_core(asio::io_context& io, const CoreOptions& options);

}  // namespace fescue
