// The words one after the other, as the parser takes them.
#include "cli/output/mistaken_option.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/output/suggestion.h"

namespace fescue::cli {

namespace {

const CLI::App* verb_called(const CLI::App& app, std::string_view name) {
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->check_name(std::string(name))) return verb;
  }
  return nullptr;
}

/// "--name" of "--name=value", "-n" of "-n5".
std::string name_in(std::string_view word) {
  return std::string(word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2));
}

std::string refusal(const CLI::App& verb, const std::string& typed) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto meant = suggestion_for(typed, names);
  return fmt::format("fescue {}: there is no option {}{}", verb.get_name(), std::string_view(typed).substr(0, 64),
                     meant ? fmt::format("; did you mean {}?", *meant) : "");
}

}  // namespace

std::optional<std::string> unknown_option(const CLI::App& app, std::span<char* const> words) {
  const CLI::App* verb = words.empty() ? nullptr : verb_called(app, words.front());
  if (verb == nullptr) return std::nullopt;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") return std::nullopt;
    if (!word.starts_with('-') || word.size() < 2) continue;
    const std::string name = name_in(word);
    const CLI::Option* option = verb->get_option_no_throw(name);
    if (option == nullptr) return refusal(*verb, name);
    const bool has_value = word.size() > name.size();
    if (option->get_items_expected_max() > 0 && !has_value) ++i;  // its value, whatever it looks like
  }
  return std::nullopt;
}

}  // namespace fescue::cli
