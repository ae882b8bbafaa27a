// `fescue doctor [--fix]`: runs the checks, prints what they found, runs the repairs that were asked for.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/core_client.h"
#include "cli/down_note.h"
#include "cli/endpoints_file.h"
#include "cli/output/table.h"
#include "cli/say.h"
#include "cli/up.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "core/doctor/doctor.h"
#include "core/layout.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace {

using doctor::Finding;
using doctor::Findings;
using doctor::PortUse;
using doctor::Verdict;

struct DoctorOptions {
  std::string root = "/var/lib/fescue";
  bool fix = false, json = false;
};

/// The ports of the `fescue up` that runs in `root`, else its defaults.
std::vector<PortUse> ports_of(const std::string& root) {
  const UpOptions defaults;
  std::vector<PortUse> out{{"the API (--api)", defaults.api},
                           {"MQTT for the owner (--iot)", defaults.iot},
                           {"MQTT for cores (--iot-tls)", defaults.iot_tls},
                           {"HTTPS for cores (--discovery)", defaults.discovery},
                           {"MQTT for devices (--devices)", defaults.devices},
                           {"the functions' API (--ipc)", defaults.ipc}};
  const auto running = read_endpoints(root);
  if (!running) return out;
  const std::string addresses[] = {running->api.substr(running->api.find("//") + 2),
                                   running->iot_mqtt,
                                   running->iot_mqtts,
                                   running->discovery,
                                   running->devices_mqtts,
                                   running->ipc};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (const auto address = parse_host_port(addresses[i])) out[i] = {out[i].name, *address, true};
  }
  return out;
}

/// What is examined.
struct Examined {
  std::string root;
  std::optional<std::string> core;   // its directory, if there is one
  std::optional<CoreConfig> config;  // if it can be read
};

Examined examined_at(const std::string& root) {
  Examined out{root, {}, {}};
  const auto core = find_core(root);
  if (!core) return out;
  out.core = *core;
  const auto text = real_file_system().read(CoreLayout{*core}.config_file(), 1024 * 1024);
  auto parsed = text ? parse_core_config(*text, *core) : Result<CoreConfig>(text.error());
  if (parsed) out.config = std::move(*parsed);
  return out;
}

/// What `fescue up` could not start.
Findings down_processes(const std::string& root) {
  constexpr std::pair<const char*, const char*> kProcesses[] = {
      {"up", "the last start of `fescue up`"}, {"cloud", "the control plane"}, {"core", "the core"}};
  Findings out;
  for (const auto& [name, text] : kProcesses) {
    const auto why = why_down(root, name);
    if (!why) continue;
    out.push_back({"processes", Verdict::problem,
                   name == std::string_view("up") ? fmt::format("{} failed: {}", text, *why)
                                                  : fmt::format("{} does not run: {}", text, *why),
                   "mend what it says; `fescue up` tries its processes again by itself"});
  }
  return out;
}

/// In the order in which they are told.
constexpr Findings (*kChecks[])(const Examined&) = {
    [](const Examined&) { return doctor::check_installation(); },
    [](const Examined&) { return doctor::check_accounts(); },
    [](const Examined& of) { return doctor::check_runtimes(of.config ? &*of.config : nullptr); },
    [](const Examined& of) { return doctor::check_root(of.root); },
    [](const Examined&) { return doctor::check_host(wall_now()); },
    [](const Examined& of) { return doctor::check_ports(ports_of(of.root)); },
    [](const Examined& of) { return down_processes(of.root); },
    [](const Examined& of) { return of.core ? doctor::check_core(*of.core, wall_now()) : Findings(); },
    [](const Examined& of) {
      return of.config ? doctor::check_functions(*of.core, *of.config, hidden_directories(of.root)) : Findings();
    },
};

Findings examine(const std::string& root) {
  const Examined examined = examined_at(root);
  Findings out;
  for (const auto check : kChecks) std::ranges::move(check(examined), std::back_inserter(out));
  return out;
}

Result<void> run_command(const std::vector<std::string>& command) {
  say(stderr, fmt::format("running: {}\n", fmt::join(command, " ")));
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return errno_error("fork");
  if (child == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return errno_error("waitpid");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok();
  return Error(Code::internal, fmt::format("{} failed", command.front()));
}

Result<void> repair(const Findings& findings) {
  for (const Finding& finding : findings) {
    for (const auto& command : finding.repairs) {
      if (::geteuid() != 0) return Error(Code::permission_denied, "--fix needs root; try sudo");
      FESCUE_CHECK(run_command(command));
    }
  }
  return ok();
}

std::string to_json(const Findings& findings, bool healthy) {
  boost::json::array list;
  for (const Finding& finding : findings) {
    list.push_back(boost::json::object{{"area", finding.area},
                                       {"verdict", name_of(finding.verdict)},
                                       {"text", finding.text},
                                       {"advice", finding.advice}});
  }
  return boost::json::serialize(boost::json::object{{"healthy", healthy}, {"findings", std::move(list)}}) + "\n";
}

std::string to_text(const Findings& findings, bool healthy) {
  Table table({"", "AREA", "WHAT"});
  for (const Finding& finding : findings) {
    table.add({std::string(name_of(finding.verdict)), finding.area, finding.text});
    if (!finding.advice.empty()) table.add({"", "", "-> " + finding.advice});
  }
  return table.str() + (healthy ? "\nNothing stands in the way.\n" : "\nSolve the problems first.\n");
}

Result<int> examine_and_repair(const DoctorOptions& options) {
  const std::string root = std::filesystem::absolute(options.root).lexically_normal();
  Findings findings = examine(root);
  if (options.fix) {
    FESCUE_CHECK(repair(findings));
    findings = examine(root);
  }
  const bool healthy = std::ranges::count(findings, Verdict::problem, &Finding::verdict) == 0;
  say(stdout, options.json ? to_json(findings, healthy) : to_text(findings, healthy));
  return healthy ? kOk : kFailed;
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* verb = app.add_subcommand("doctor", "Check this host: what is there, what is missing, how to get it");
  verb->footer("The exit status is 1 while there are problems; warnings are none.");
  verb->add_flag("--fix", options->fix, "Create the users that are missing (as root)");
  add_root(*verb, options->root);
  add_json(*verb, options->json);
  verb->callback([options, &status] {
    const auto outcome = examine_and_repair(*options);
    status = outcome ? *outcome : fail("doctor", outcome.error());
  });
}

}  // namespace fescue::cli
