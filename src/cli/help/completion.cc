// The scripts of bash, zsh and fish, each with its own quoting.
#include "cli/help/completion.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fescue::cli {

namespace {

constexpr std::string_view kDirectory = "DIR";

/// The names of all options of all verbs that take a value, for directories or for anything else.
std::vector<std::string> names_with_value(const CommandInfo& program, bool directories) {
  std::set<std::string> out;
  for (const CommandInfo& verb : program.verbs) {
    for (const OptionInfo& option : verb.options) {
      if (option.value.empty() || (option.value == kDirectory) != directories) continue;
      out.insert(option.names.begin(), option.names.end());
    }
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> words_of(const CommandInfo& command) {
  std::vector<std::string> out;
  for (const CommandInfo& verb : command.verbs) out.push_back(verb.name);
  for (const OptionInfo& positional : command.positionals) {
    out.insert(out.end(), positional.choices.begin(), positional.choices.end());
  }
  for (const OptionInfo& option : command.options) out.insert(out.end(), option.names.begin(), option.names.end());
  return out;
}

/// Inside single quotes, with what zsh's _arguments and _describe take for syntax escaped.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The argument of an option or a positional, as _arguments writes it.
std::string zsh_argument(const OptionInfo& option) {
  const std::string name = zsh_text(option.value);
  if (option.value == kDirectory) return fmt::format(":{}:_files -/", name);
  return option.choices.empty() ? fmt::format(":{}: ", name)
                                : fmt::format(":{}:({})", name, fmt::join(option.choices, " "));
}

std::string zsh_verb(const CommandInfo& verb) {
  std::string out = fmt::format("    {}) _arguments -s", verb.name);
  for (const OptionInfo& option : verb.options) {
    for (const std::string& name : option.names) {
      const bool is_long = name.starts_with("--");
      const std::string_view joint = option.value.empty() ? "" : is_long ? "=" : "+";
      out += fmt::format(" \\\n      '{}{}[{}]{}'", name, joint, zsh_text(option.help),
                         option.value.empty() ? "" : zsh_argument(option));
    }
  }
  for (const OptionInfo& positional : verb.positionals) {
    out += fmt::format(" \\\n      '{}'",
                       positional.choices.empty()
                           ? fmt::format(":{}: ", zsh_text(positional.names.front()))
                           : fmt::format(":{}:({})", positional.names.front(), fmt::join(positional.choices, " ")));
  }
  return out + " ;;\n";
}

std::string fish_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return "'" + out + "'";
}

std::string fish_option(const std::string& program, const std::string& verb, const OptionInfo& option) {
  std::string out = fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}'", program, verb);
  for (const std::string& name : option.names) {
    out += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
  }
  if (!option.value.empty()) out += " -x";
  if (option.value == kDirectory) out += " -a '(__fish_complete_directories)'";
  return out + fmt::format(" -d {}\n", fish_text(option.help));
}

}  // namespace

std::string bash_completion(const CommandInfo& program) {
  std::string cases;
  for (const CommandInfo& verb : program.verbs) {
    cases += fmt::format("    {}) words='{}' ;;\n", verb.name, fmt::join(words_of(verb), " "));
  }
  return fmt::format(
      "# bash completion for {0}: source it, or put it into /usr/share/bash-completion/completions/{0}\n"
      "_{0}() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb= words= i\n"
      "  COMPREPLY=()\n"
      "  case $before in\n"
      "    {1}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"
      "    {2}) return ;;\n"
      "  esac\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case ${{COMP_WORDS[i]}} in -*) ;; *) verb=${{COMP_WORDS[i]}}; break ;; esac\n"
      "  done\n"
      "  case $verb in\n"
      "    '') words='{3}' ;;\n"
      "{4}"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}}\n"
      "complete -F _{0} {0}\n",
      program.name, fmt::join(names_with_value(program, true), "|"), fmt::join(names_with_value(program, false), "|"),
      fmt::join(words_of(program), " "), cases);
}

std::string zsh_completion(const CommandInfo& program) {
  std::string verbs, cases;
  for (const CommandInfo& verb : program.verbs) {
    verbs += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.help));
    cases += zsh_verb(verb);
  }
  return fmt::format(
      "#compdef {0}\n"
      "# zsh completion for {0}: put it as _{0} into a directory of $fpath\n"
      "_{0}() {{\n"
      "  local -a verbs\n"
      "  verbs=(\n{1}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe -t verbs verb verbs\n"
      "    return\n"
      "  fi\n"
      "  local verb=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $verb in\n"
      "{2}"
      "  esac\n"
      "}}\n"
      "if [ \"$funcstack[1]\" = _{0} ]; then _{0} \"$@\"; else compdef _{0} {0}; fi\n",
      program.name, verbs, cases);
}

std::string fish_completion(const CommandInfo& program) {
  std::string out = fmt::format(
      "# fish completion for {0}: put it as {0}.fish into ~/.config/fish/completions\n"
      "complete -c {0} -f\n",
      program.name);
  for (const CommandInfo& verb : program.verbs) {
    out += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", program.name, verb.name,
                       fish_text(verb.help));
    for (const OptionInfo& positional : verb.positionals) {
      if (positional.choices.empty()) continue;
      out += fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}' -a '{}'\n", program.name, verb.name,
                         fmt::join(positional.choices, " "));
    }
    for (const OptionInfo& option : verb.options) out += fish_option(program.name, verb.name, option);
  }
  return out;
}

}  // namespace fescue::cli
