// The parser with every verb added, and what its errors exit with.
#include "cli/cli.h"

#include "base/version.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

void add_verbs(CLI::App& app, int& status) {
  using AddVerb = void(CLI::App&, int&);
  constexpr AddVerb* kVerbs[] = {add_up,  add_cloud, add_core, add_env,     add_status, add_invoke,     add_run_local,
                                 add_pub, add_sub,   add_logs, add_explain, add_doctor, add_completion, add_man};
  for (AddVerb* add : kVerbs) add(app, status);
}

int run_cli(int argc, char** argv) {
  CLI::App app("Runs AWS IoT Greengrass V1 Lambda functions on your own hardware, with no AWS behind it.", "fescue");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  int status = 0;
  add_verbs(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return status;
}

}  // namespace fescue::cli
