// `fescue up`: options of the embedded control plane and core.
#include <filesystem>
#include <memory>

#include "cli/address_option.h"
#include "cli/identity_options.h"
#include "cli/up.h"
#include "cli/verbs/package_flags.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

namespace {

int refuse(const Error& error) {
  fail("up", error);
  return kWrongCommand;
}

int run(const UpOptions& options) {
  const auto identity = cloud::resolve_identity(options.root + "/cloud", options.identity);
  // What else is wrong with it the control plane says.
  if (!identity && identity.error().code() == Code::conflict) return refuse(identity.error());
  const auto settled = identity ? *identity : cloud::InstanceIdentity();
  if (const auto checked = check_package_options(options.packages, settled.region.str()); !checked) {
    return refuse(checked.error());
  }
  return run_up(options, settled);
}

}  // namespace

void add_up(CLI::App& app, int& status) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* verb = app.add_subcommand("up", "Run a control plane and one core joined to it, in the foreground");
  verb->footer(
      "Writes ROOT/run/endpoints.json and ROOT/run/credentials, prints a line that starts with \"ready\", and "
      "stops on Ctrl-C.\nAny port may be 0. Try: eval \"$(fescue env --root ROOT)\"");
  verb->add_option("--root", options->root, "Where everything is kept")->type_name("DIR")->capture_default_str();
  add_address(*verb, "--api", options->api, "REST API for the AWS CLI and SDKs");
  verb->add_flag("--api-tls", options->api_tls, "Serve the API by HTTPS, with a certificate of ROOT/run/ca.pem");
  add_address(*verb, "--iot", options->iot, "MQTT, plain, for the owner on this machine");
  add_address(*verb, "--iot-tls", options->iot_tls, "MQTT over mutual TLS, for cores");
  add_address(*verb, "--devices", options->devices, "MQTT over mutual TLS of the core, for the group's devices");
  add_address(*verb, "--discovery", options->discovery, "HTTPS over mutual TLS, for cores and devices");
  add_address(*verb, "--ipc", options->ipc, "The core's local HTTP API for functions");
  add_address(*verb, "--streams", options->streams, "Stream manager (not served yet)");
  add_identity(*verb, options->identity);
  add_package_options(*verb, options->packages);
  verb->callback([options, &status] {
    options->root = std::filesystem::absolute(options->root).lexically_normal();
    status = run(*options);
  });
}

}  // namespace fescue::cli
