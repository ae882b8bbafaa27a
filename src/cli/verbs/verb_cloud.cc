// `fescue cloud`: options of the control plane.
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "cli/address_option.h"
#include "cli/identity_options.h"
#include "cli/say.h"
#include "cli/verbs/package_flags.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "cloud/cloud.h"
#include "model/json_reader.h"

namespace fescue::cli {

namespace {

/// As `fescue up` says it. The ports may be the system's choice.
void say_ready(const cloud::CloudOptions& options, std::string_view facts) {
  const auto document = parse_json(facts);
  if (!document) return;
  const JsonReader reader(*document, "");
  say(stdout, fmt::format("ready: API {}{}, MQTT {}\n", options.api_tls ? "https://" : "http://",
                          reader.string_or("api", "").value(), reader.string_or("iot", "").value()));
}

int run(cloud::CloudOptions& options, const cloud::WantedIdentity& wanted, Fd control) {
  auto identity = cloud::resolve_identity(options.data_directory, wanted);
  if (!identity && identity.error().code() == Code::conflict) {
    fail("cloud", identity.error());
    return kWrongCommand;
  }
  if (identity) {
    options.region = identity->region;
    options.account = identity->account;
  }
  const auto checked = check_package_options(options.packages, options.region.str());
  if (!checked && !control) {  // `fescue up` has checked them itself
    fail("cloud", checked.error());
    return kWrongCommand;
  }
  if (!control) options.on_ready = [&](std::string_view facts) { say_ready(options, facts); };
  return cloud::run_cloud(options, std::move(control));
}

}  // namespace

void add_cloud(CLI::App& app, int& status) {
  auto options = std::make_shared<cloud::CloudOptions>();
  auto control_fd = std::make_shared<int>(-1);
  options->data_directory = "/var/lib/fescue/cloud";
  options->run_directory = "/var/lib/fescue/run";
  CLI::App* verb = app.add_subcommand("cloud", "Run the control plane alone");
  verb->footer(
      "Listeners that systemd has bound (LISTEN_FDS) and called api, iot, iot-tls or discovery\n"
      "are taken in place of those options.");
  verb->add_option("--data", options->data_directory, "Database, packages, keys")
      ->type_name("DIR")
      ->capture_default_str();
  verb->add_option("--run", options->run_directory, "Where credentials and ca.pem go")
      ->type_name("DIR")
      ->capture_default_str();
  add_address(*verb, "--api", options->api, "REST API for the AWS CLI and SDKs");
  verb->add_flag("--api-tls", options->api_tls, "Serve the API by HTTPS, with a certificate of RUN/ca.pem");
  add_address(*verb, "--iot", options->iot, "MQTT, plain, for the owner on this machine");
  add_address(*verb, "--iot-tls", options->iot_tls, "MQTT over mutual TLS, for cores");
  add_address(*verb, "--discovery", options->discovery, "HTTPS over mutual TLS, for cores and devices");
  auto wanted = std::make_shared<cloud::WantedIdentity>();
  add_identity(*verb, *wanted);
  add_package_options(*verb, options->packages);
  verb->add_option("--control-fd", *control_fd, "Descriptor shared with the parent process")->group("");
  verb->callback([options, wanted, control_fd, &status] { status = run(*options, *wanted, Fd(*control_fd)); });
}

}  // namespace fescue::cli
