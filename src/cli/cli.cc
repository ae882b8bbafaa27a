#include "cli/cli.h"

#include "base/version.h"
#include "cli/verbs.h"

namespace fescue::cli {

int run_cli(int argc, char** argv) {
  CLI::App app("Runs AWS IoT Greengrass V1 Lambda functions on your own hardware, with no AWS behind it.", "fescue");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  int status = 0;
  add_up(app, status);
  add_cloud(app, status);
  add_core(app, status);
  add_env(app, status);
  add_status(app, status);
  add_invoke(app, status);
  add_pub(app, status);
  add_sub(app, status);
  add_logs(app, status);
  add_explain(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return status;
}

}  // namespace fescue::cli
