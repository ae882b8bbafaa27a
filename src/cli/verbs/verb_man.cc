// `fescue man`: prints the man page.
#include <cstdio>

#include "base/version.h"
#include "cli/help/man_page.h"
#include "cli/say.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

void add_man(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("man", "Print the manual page");
  verb->footer("Try: fescue man | man -l -");
  verb->callback([&app] { say(stdout, man_page(describe(app), kVersion)); });
}

}  // namespace fescue::cli
