// The command line as a value, read from the parser, so that the completion scripts and the man page cannot differ from
// what is parsed. Hidden options (empty group) are left out.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace fescue::cli {

struct OptionInfo {
  std::vector<std::string> names;  // "-n", "--lines"; for a positional its one name, "FILTER"
  std::string value;               // "DIR", "N"; empty for flags
  std::vector<std::string> choices;
  std::string help;
  std::string fallback;     // default value; may be empty
  std::string environment;  // variable; may be empty
  bool is_required = false;
};

struct CommandInfo {
  std::string name;
  std::string help;
  std::string footer;
  std::vector<OptionInfo> options, positionals;
  std::vector<CommandInfo> verbs;
};

CommandInfo describe(const CLI::App& app);

}  // namespace fescue::cli
