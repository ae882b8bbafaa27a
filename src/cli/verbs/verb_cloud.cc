// `fescue cloud`: options of the control plane.
#include <memory>

#include "cli/address_option.h"
#include "cli/verbs/verbs.h"
#include "cloud/cloud.h"

namespace fescue::cli {

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
  verb->add_option_function<std::string>(
      "--region", [options](const std::string& text) { options->region = Region(text); }, "The region in ARNs");
  verb->add_option_function<std::string>(
      "--account", [options](const std::string& text) { options->account = AccountId(text); }, "The account in ARNs");
  verb->add_option("--control-fd", *control_fd, "Descriptor shared with the parent process")->group("");
  verb->callback([options, control_fd, &status] { status = cloud::run_cloud(*options, Fd(*control_fd)); });
}

}  // namespace fescue::cli
