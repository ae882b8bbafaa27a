// `fescue core`: options of the edge.
#include <memory>

#include "cli/address_option.h"
#include "cli/verbs/verbs.h"
#include "core/core_daemon.h"

namespace fescue::cli {

void add_core(CLI::App& app, int& status) {
  auto options = std::make_shared<CoreOptions>();
  auto control_fd = std::make_shared<int>(-1);
  auto ipc = std::make_shared<HostPort>(HostPort{"127.0.0.1", 8000});
  auto devices = std::make_shared<HostPort>(CoreConfig().devices);
  CLI::App* verb = app.add_subcommand("core", "Run the core of this device");
  verb->footer(
      "ROOT has V1's layout: config/config.json, certs/, ggc/.\n"
      "A listener that systemd has bound (LISTEN_FDS) and called ipc or devices is taken in place of that option.");
  verb->add_option("--root", options->root, "The core's directory")->type_name("DIR")->capture_default_str();
  CLI::Option* address = add_address(*verb, "--ipc", *ipc, "The local HTTP API; overrides coreThing.ggDaemonPort");
  CLI::Option* devices_address = add_address(
      *verb, "--devices", *devices,
      "MQTT over mutual TLS for the group's devices; overrides coreThing.ggMqttPort and fescue.devicesHost");
  verb->add_option("--runtimes", options->runtimes_directory, "Where Fescue's language runtimes are")->type_name("DIR");
  verb->add_option("--hide", options->hidden, "A directory that functions in containers must not see; may be repeated")
      ->type_name("DIR");
  verb->add_option("--control-fd", *control_fd, "Descriptor shared with the parent process")->group("");
  verb->callback([options, control_fd, ipc, address, devices, devices_address, &status] {
    if (address->count() > 0) options->ipc = *ipc;
    if (devices_address->count() > 0) options->devices = *devices;
    status = run_core(*options, Fd(*control_fd));
  });
}

}  // namespace fescue::cli
