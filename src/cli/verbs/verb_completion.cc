// `fescue completion SHELL`: prints the script.
#include <cstdio>
#include <memory>

#include "cli/help/completion.h"
#include "cli/say.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

void add_completion(CLI::App& app, int&) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "Print a script that completes this command line in a shell");
  verb->footer("Try: source <(fescue completion bash)");
  verb->add_option("SHELL", *shell, "Which shell")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
  verb->callback([shell, &app] {
    const CommandInfo program = describe(app);
    const std::string script = *shell == "bash"  ? bash_completion(program)
                               : *shell == "zsh" ? zsh_completion(program)
                                                 : fish_completion(program);
    say(stdout, script);
  });
}

}  // namespace fescue::cli
