// troff from the command tree, section by section.
#include "cli/help/man_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fescue::cli {

namespace {

/// Text that troff prints as it is. A line that begins with a dot or a quote would be a request.
std::string troff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    at_start = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + troff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + troff(text) + "\\fR"; }

std::string option_line(const OptionInfo& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back(bold(name));
  std::string out = fmt::format("{}", fmt::join(names, ", "));
  return option.value.empty() ? out : out + " " + italic(option.value);
}

std::string option_entry(const OptionInfo& option, const std::string& line) {
  std::string out = fmt::format(".TP\n{}\n{}", line, troff(option.help));
  if (!option.choices.empty()) out += troff(fmt::format(" ({})", fmt::join(option.choices, ", ")));
  out += ".";
  if (!option.fallback.empty()) out += " Default: " + troff(option.fallback) + ".";
  if (!option.environment.empty()) out += " Also by the environment: " + bold(option.environment) + ".";
  return out + "\n";
}

std::string synopsis(const CommandInfo& program, const CommandInfo& verb) {
  std::string out = bold(program.name) + " " + bold(verb.name);
  for (const OptionInfo& option : verb.options) {
    if (option.is_required) out += " " + option_line(option);
  }
  for (const OptionInfo& positional : verb.positionals) {
    const std::string name = italic(positional.names.front());
    out += positional.is_required ? " " + name : " [" + name + "]";
  }
  return out + " [" + italic("options") + "]";
}

std::string verb_section(const CommandInfo& program, const CommandInfo& verb) {
  std::string out = fmt::format(".SS {}\n{}.\n", synopsis(program, verb), troff(verb.help));
  for (const OptionInfo& positional : verb.positionals) {
    out += option_entry(positional, italic(positional.names.front()));
  }
  for (const OptionInfo& option : verb.options) out += option_entry(option, option_line(option));
  if (!verb.footer.empty()) out += fmt::format(".PP\n{}\n", troff(verb.footer));
  return out;
}

constexpr std::string_view kEnd =
    R"(.SH EXIT STATUS
0 for success, 1 when something failed, 2 for a wrong command line.
.SH FILES
.TP
.I ROOT/run/endpoints.json
Addresses of a running \fBfescue up\fR.
.TP
.I ROOT/run/credentials
The access key of the API.
.TP
.I ROOT/core/run/core.sock
The core's admin server, by which the verbs ask it.
.TP
.I ROOT/core/ggc/var/log
Logs of the core and of its functions.
)";

}  // namespace

std::string man_page(const CommandInfo& program, std::string_view version) {
  std::string upper = program.name;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string out = fmt::format(
      ".TH {} 1 \"\" \"Fescue {}\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{} {} [{}]\n.SH DESCRIPTION\n"
      "Each verb has its options; {} after a verb shows them.\n.SH VERBS\n",
      upper, version, program.name, troff(program.help), bold(program.name), italic("verb"), italic("options"),
      bold("--help"));
  for (const CommandInfo& verb : program.verbs) out += verb_section(program, verb);
  return out + std::string(kEnd);
}

}  // namespace fescue::cli
