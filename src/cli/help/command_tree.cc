// Walking CLI11's app: verbs, options, values, choices.
#include "cli/help/command_tree.h"

namespace fescue::cli {

namespace {

/// CLI11 gives "SECONDS:INT in [1 - 86400]" and "TEXT:{bash,zsh}"; HOST:PORT has a colon of its own.
std::string without_checks(std::string type) {
  for (const std::string_view mark : {":INT in [", ":UINT in [", ":FLOAT in [", ":{"}) {
    if (const std::size_t at = type.find(mark); at != std::string::npos) type.resize(at);
  }
  return type;
}

std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> out;
  const std::size_t open = type.find(":{");
  if (open == std::string::npos) return out;
  std::string word;
  for (char c : type.substr(open + 2)) {
    if (c != ',' && c != '}') {
      word += c;
      continue;
    }
    out.push_back(word);
    word.clear();
    if (c == '}') break;
  }
  return out;
}

OptionInfo describe(const CLI::Option& option) {
  OptionInfo out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  if (option.get_positional()) out.names = {option.get_name(true, false)};
  const bool takes_value = option.get_items_expected_max() > 0;
  if (takes_value) {
    out.value = without_checks(option.get_type_name());
    out.choices = choices_of(option.get_type_name());
    out.fallback = option.get_default_str();
  }
  out.help = option.get_description();
  out.environment = option.get_envname();
  out.is_required = option.get_required();
  return out;
}

}  // namespace

CommandInfo describe(const CLI::App& app) {
  CommandInfo out;
  out.name = app.get_name();
  out.help = app.get_description();
  out.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? out.positionals : out.options).push_back(describe(*option));
  }
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.verbs.push_back(describe(*verb));
  }
  return out;
}

}  // namespace fescue::cli
