// The parser with every verb added, and what its errors exit with.
#include "cli/cli.h"

#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/version.h"
#include "cli/output/mistaken_option.h"
#include "cli/output/suggestion.h"
#include "cli/say.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

void add_verbs(CLI::App& app, int& status) {
  using AddVerb = void(CLI::App&, int&);
  constexpr AddVerb* kVerbs[] = {add_up,     add_cloud,   add_core,      add_env,        add_key,
                                 add_status, add_invoke,  add_run_local, add_pub,        add_sub,
                                 add_logs,   add_explain, add_doctor,    add_completion, add_man};
  for (AddVerb* add : kVerbs) add(app, status);
}

namespace {

constexpr int kWrongCommandLine = 2;
constexpr const char* kMoreHelp = "\nRun with --help for more information.\n";

/// A first word that is no verb, with the one that was meant; CLI11 would only say that a verb is missing.
std::optional<std::string> unknown_verb(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-' || argv[1][0] == '\0') return std::nullopt;
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->check_name(argv[1])) return std::nullopt;
    verbs.push_back(verb->get_name());
  }
  std::string text = fmt::format("fescue: there is no command \"{}\"", std::string_view(argv[1]).substr(0, 64));
  if (const auto meant = suggestion_for(argv[1], verbs)) text += fmt::format("; did you mean \"{}\"?", *meant);
  return text + kMoreHelp;
}

/// A command whose words were lost has failed.
int with_output(int status) {
  const auto said = check_said();
  if (said || said.error().code() == Code::cancelled) return status;
  say(stderr, fmt::format("fescue: {}\n", said.error().message()));
  return status == 0 ? 1 : status;
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App app("Runs AWS IoT Greengrass V1 Lambda functions on your own hardware, with no AWS behind it.", "fescue");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  int status = 0;
  add_verbs(app, status);
  if (const auto unknown = unknown_verb(app, argc, argv)) {
    say(stderr, *unknown);
    return kWrongCommandLine;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const int told = app.exit(error, out, err);
    const auto unknown = told == 0 ? std::nullopt : unknown_option(app, std::span(argv + 1, argv + argc));
    if (unknown) err.str(*unknown + kMoreHelp);
    say(stdout, out.str());
    say(stderr, err.str());
    status = told == 0 ? 0 : kWrongCommandLine;
  }
  return with_output(status);
}

}  // namespace fescue::cli
