// The parts of a core in the order in which they need each other. What brings work from outside starts last and stops
// first.
#include "core/core_daemon.h"

#include <functional>

#include <fmt/format.h>

#include "base/json_escape.h"
#include "base/log.h"
#include "base/log_throttle.h"
#include "base/random.h"
#include "base/version.h"
#include "core/admin/admin_routes.h"
#include "core/admin/core_inspector.h"
#include "core/cloud_invocations.h"
#include "core/core_group_host.h"
#include "core/core_setup.h"
#include "core/legacy_log_files.h"
#include "core/missing_services.h"
#include "core/routes_part.h"
#include "core/system_log_part.h"
#include "core/unbuilt_parts.h"
#include "deploy/deployment_agent.h"
#include "devices/device_server.h"
#include "engine/routing/dispatcher.h"
#include "engine/routing/service_registry.h"
#include "functions/function_service.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/event.h"
#include "sys/loop/service_loop.h"
#include "sys/storage/file.h"
#include "uplink/uplink.h"

namespace fescue {

namespace {

constexpr int kLauncherLost = 70;

FunctionServiceOptions function_options(const CoreSetup& setup, std::uint16_t ipc_port) {
  FunctionServiceOptions options;
  options.config = setup.config;
  options.ipc_port = ipc_port;
  options.runtime_directory = setup.layout.runtime();
  options.user_log_directory = setup.layout.user_logs();
  options.code_directory = setup.layout.code();
  options.limits = limits_of(setup.config);
  options.policy = setup.policy;
  return options;
}

DeploymentAgentOptions agent_options(const CoreSetup& setup) {
  DeploymentAgentOptions options;
  options.deployment_directory = setup.layout.deployment();
  options.user_log_directory = setup.layout.user_logs();
  options.core = setup.config.thing_arn;
  options.ca_pem = setup.ca_pem;
  return options;
}

IpcOptions ipc_options(const CoreSetup& setup) {
  IpcOptions options;
  options.socket_directory = setup.layout.sockets();
  return options;
}

DeviceServerOptions device_options(const CoreSetup& setup) {
  return {setup.layout.device_server(), setup.config.thing_arn.thing_name(), setup.why_no_devices};
}

CloudInvocationsOptions invocation_options(const CoreSetup& setup, const std::string& instance) {
  return {setup.config.thing_arn.thing_name(), setup.config.gg_https, instance};
}

/// V1's word for it, once for each (source, topic); the dispatcher keeps the counts.
void log_drop(const Endpoint& source, const Topic& topic) {
  log::warn("Failed to get routes. Discarding message.", {{"source", source.str()}, {"topic", topic.str()}});
}

void log_full(const Endpoint& target, const Message& dropped) {
  log::warn("The target of a message has no room. Discarding message; more like it are only counted.",
            {{"target", target.str()}, {"source", dropped.source.str()}, {"topic", dropped.topic.str()}});
}

/// A line in a second at most: a function may do it in a loop.
void log_reserved(LogThrottle& lines, const Message& refused) {
  if (const auto left_out = lines.admit(steady_now())) {
    log::warn("Refused a message: its topic is reserved.",
              {{"source", refused.source.str()}, {"topic", refused.topic.str()}, {"notLogged", *left_out}});
  }
}

/// All the parts of a core. A part is given only what stands above it; connect() does the rest, once all are there.
class Core {
 public:
  Core(ServiceLoop& loop, CoreSetup setup, std::shared_ptr<TlsContext> tls)
      : loop_(loop),
        ipc_listeners_(std::move(setup.ipc)),
        ipc_port_(ipc_listeners_.port),
        dispatcher_(log_drop),
        ipc_(loop.io(), ipc_options(setup)),
        functions_(loop.io(), function_options(setup, ipc_port_), std::move(setup.launcher), ipc_,
                   [this](const Error& error) { launcher_lost(error); }),
        services_(functions_),
        instance_(random_uuid()),
        link_(loop.io(), uplink_options(setup.config, std::string(kVersion), instance_), tls, dispatcher_),
        devices_(loop.io(), device_options(setup), std::move(setup.devices), dispatcher_, pool_),
        routes_(dispatcher_, link_),
        group_host_({system_log_, functions_, devices_, routes_, unbuilt_parts_}),
        api_(make_https_core_api(setup.config.gg_https, tls)),
        agent_(loop.io(), agent_options(setup), {link_, group_host_, *api_, real_file_system(), pool_}),
        cloud_invocations_(loop.io(), invocation_options(setup, instance_), tls, functions_, link_),
        inspector_(functions_, dispatcher_, agent_, setup.config, setup.layout.root),
        admin_routes_(inspector_, setup.layout, functions_),
        admin_server_(loop.io(), std::move(setup.owner), std::bind_front(&AdminRoutes::handle, &admin_routes_)) {
    connect();
  }

  Task<Result<void>> start() {
    FESCUE_CO_CHECK(ipc_.start(std::move(ipc_listeners_),
                               {functions_, services_, dispatcher_, log_files_of(functions_)},
                               {std::bind_front(&AdminServer::handle_tcp, &admin_server_),
                                std::bind_front(&AdminServer::judge_tcp, &admin_server_)}));
    admin_server_.start();
    co_await devices_.start();
    const auto activated = co_await agent_.start();
    if (!activated) {
      log::error("The deployed group did not start completely.", {{"errorString", activated.error().message()}});
    }
    devices_.open();
    link_.start();
    co_return ok();
  }

  std::string ready_facts() const {
    return fmt::format("{{\"ipc\":{}}}", json_quote(HostPort{"127.0.0.1", ipc_port_}.str()));
  }

  Task<void> stop() {
    co_await agent_.stop();
    co_await cloud_invocations_.stop();
    co_await link_.stop();
    co_await devices_.stop();
    co_await stop_functions();
    co_await admin_server_.stop();
    co_await ipc_.stop();
  }

  int status() const { return status_; }

 private:
  void connect() {
    dispatcher_.on_full(log_full);
    dispatcher_.on_reserved([this](const Message& refused) { log_reserved(reserved_lines_, refused); });
    dispatcher_.set_target(EndpointKind::function, functions_);
    dispatcher_.set_target(EndpointKind::cloud, link_);
    dispatcher_.set_target(EndpointKind::thing, devices_);
    missing_services_.add_to(services_);
    inspector_.sources().add(
        {agent_, dispatcher_, link_, devices_, functions_, unbuilt_parts_, ipc_, admin_server_, admin_routes_});
  }

  void launcher_lost(const Error& error) {
    log::fatal("The launcher is gone, and every worker with it.", {{"errorString", error.message()}});
    status_ = kLauncherLost;
    loop_.request_stop();
  }

  Task<void> stop_functions() {
    if (status_ == kLauncherLost) co_return;
    Event stopped(loop_.io());
    functions_.deactivate([&] { stopped.set(); });
    co_await stopped.wait();
  }

  ServiceLoop& loop_;
  int status_ = 0;
  BlockingPool pool_;
  LogThrottle reserved_lines_;

  Listeners ipc_listeners_;
  std::uint16_t ipc_port_;
  Dispatcher dispatcher_;
  IpcServer ipc_;
  FunctionService functions_;
  MissingServices missing_services_;
  ServiceRegistry services_;

  std::string instance_;  // of this process, for the control plane
  Uplink link_;
  SystemLogPart system_log_;
  DeviceServer devices_;
  RoutesPart routes_;
  UnbuiltParts unbuilt_parts_;
  CoreGroupHost group_host_;
  std::unique_ptr<CoreApi> api_;
  DeploymentAgent agent_;
  CloudInvocations cloud_invocations_;

  CoreInspector inspector_;
  AdminRoutes admin_routes_;
  AdminServer admin_server_;
};

Task<int> serve(ServiceLoop& loop, CoreSetup setup, std::shared_ptr<TlsContext> tls) {
  Core core(loop, std::move(setup), std::move(tls));
  const auto started = co_await core.start();
  if (!started) co_return loop.refuse_start("The core cannot start.", started.error());
  loop.announce_ready(core.ready_facts());
  log::info("The core is ready.", {{"version", kVersion}});
  co_await loop.stop_requested();
  co_await core.stop();
  log::info("The core has stopped.");
  co_return core.status();
}

}  // namespace

int run_core(const CoreOptions& options, Fd control) {
  ServiceLoop loop(std::move(control));
  auto setup = set_up_core(loop.io(), options);
  if (!setup) return loop.refuse_start("The core cannot start.", setup.error());
  auto tls = make_tls_client(setup->identity, setup->ca_pem);
  if (!tls) return loop.refuse_start("The core's certificate or key is of no use.", tls.error());
  return loop.run([&] { return serve(loop, std::move(*setup), std::move(*tls)); });
}

}  // namespace fescue
