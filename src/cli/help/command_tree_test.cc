// The tree of the real command line, and scripts and man page made of it.
#include "cli/help/command_tree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/help/completion.h"
#include "cli/help/man_page.h"
#include "cli/verbs/verbs.h"
#include "tests/fakes/temp_directory.h"

namespace fescue::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The real command line.
CommandInfo program() {
  CLI::App app("Runs things.", "fescue");
  int status = 0;
  add_verbs(app, status);
  return describe(app);
}

CommandInfo find(const std::vector<CommandInfo>& verbs, std::string_view name) {
  const auto found = std::ranges::find(verbs, name, &CommandInfo::name);
  EXPECT_NE(found, verbs.end()) << name;
  return *found;
}

OptionInfo option(const CommandInfo& verb, const std::string& name) {
  const auto found = std::ranges::find_if(
      verb.options, [&](const OptionInfo& each) { return std::ranges::count(each.names, name) > 0; });
  EXPECT_NE(found, verb.options.end()) << name;
  return *found;
}

TEST(CommandTree, TellsFlagsFromOptionsAndPositionals) {
  const CommandInfo all = program();
  const CommandInfo logs = find(all.verbs, "logs");
  EXPECT_THAT(option(logs, "-n").names, ElementsAre("-n", "--lines"));
  EXPECT_EQ(option(logs, "-n").value, "N");
  EXPECT_EQ(option(logs, "-n").fallback, "20");
  EXPECT_EQ(option(logs, "--follow").value, "");
  EXPECT_EQ(option(logs, "--root").value, "DIR");
  EXPECT_EQ(option(logs, "--root").environment, "FESCUE_ROOT");
  ASSERT_EQ(logs.positionals.size(), 1u);
  EXPECT_THAT(logs.positionals[0].names, ElementsAre("NAME"));
  EXPECT_FALSE(logs.positionals[0].is_required);

  const CommandInfo completion = find(all.verbs, "completion");
  ASSERT_EQ(completion.positionals.size(), 1u);
  EXPECT_THAT(completion.positionals[0].choices, testing::UnorderedElementsAre("bash", "zsh", "fish"));
  EXPECT_EQ(option(find(all.verbs, "up"), "--api").value, "HOST:PORT");
  EXPECT_EQ(option(find(all.verbs, "invoke"), "--timeout").value, "SECONDS");
}

TEST(CommandTree, LeavesHiddenOptionsOut) {
  const CommandInfo core = find(program().verbs, "core");
  for (const OptionInfo& each : core.options) {
    EXPECT_THAT(each.names, Not(Contains("--control-fd")));
  }
}

/// What bash offers after the words of `line`; the last word is the one being completed.
std::vector<std::string> bash_offers(const std::string& script, const std::string& line) {
  const TempDirectory directory;
  const std::string path = directory.path("script");
  std::ofstream(path) << script << "\nCOMP_WORDS=(" << line << ")\n"
                      << "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_fescue\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  std::vector<std::string> out;
  FILE* bash = ::popen(("bash -u " + path).c_str(), "r");
  std::array<char, 256> text{};
  while (std::fgets(text.data(), text.size(), bash)) {
    std::string word(text.data());
    word.pop_back();
    if (!word.empty()) out.push_back(word);
  }
  EXPECT_EQ(::pclose(bash), 0);
  return out;
}

TEST(Completion, BashOffersVerbsOptionsAndChoices) {
  const std::string script = bash_completion(program());
  EXPECT_THAT(bash_offers(script, "fescue st"), ElementsAre("status"));
  EXPECT_THAT(bash_offers(script, "fescue ''"), Contains("invoke"));
  EXPECT_THAT(bash_offers(script, "fescue invoke --pay"), ElementsAre("--payload"));
  EXPECT_THAT(bash_offers(script, "fescue logs --root /tmp --fol"), ElementsAre("--follow"));
  EXPECT_THAT(bash_offers(script, "fescue completion z"), ElementsAre("zsh"));
  EXPECT_THAT(bash_offers(script, "fescue logs --lines ''"), ElementsAre());
  EXPECT_THAT(bash_offers(script, "fescue status --root /us"), ElementsAre("/usr"));
}

TEST(Completion, OtherShellsNameEveryVerbAndOption) {
  const CommandInfo all = program();
  const std::string zsh = zsh_completion(all), fish = fish_completion(all);
  EXPECT_TRUE(zsh.starts_with("#compdef fescue\n"));
  for (const CommandInfo& verb : all.verbs) {
    EXPECT_THAT(zsh, HasSubstr("    '" + verb.name + ":"));
    EXPECT_THAT(fish, HasSubstr("__fish_use_subcommand -a " + verb.name + " "));
    for (const OptionInfo& each : verb.options) {
      EXPECT_THAT(zsh, HasSubstr(each.names.back()));
      EXPECT_THAT(fish, HasSubstr(" -l " + each.names.back().substr(2)));
    }
  }
}

TEST(Completion, QuotesWhatShellsTakeForSyntax) {
  CommandInfo odd{"p", "", "", {}, {}, {}};
  CommandInfo verb{"v", "it's [odd]: here", "", {}, {}, {}};
  verb.options.push_back({{"--o"}, "A:B", {}, "don't [x]", "", "", false});
  odd.verbs.push_back(verb);
  EXPECT_THAT(zsh_completion(odd), HasSubstr(R"('v:it'\''s \[odd\]\: here')"));
  EXPECT_THAT(zsh_completion(odd), HasSubstr(R"('--o=[don'\''t \[x\]]:A\:B: ')"));
  EXPECT_THAT(fish_completion(odd), HasSubstr(R"(-d 'don\'t [x]')"));
}

TEST(ManPage, HasEveryVerbAndOption) {
  const CommandInfo all = program();
  const std::string page = man_page(all, "1.2.3");
  EXPECT_TRUE(page.starts_with(".TH FESCUE 1 \"\" \"Fescue 1.2.3\"\n.SH NAME\nfescue \\- "));
  for (const CommandInfo& verb : all.verbs) {
    const std::string name = std::regex_replace(verb.name, std::regex("-"), "\\-");
    EXPECT_THAT(page, HasSubstr(".SS \\fBfescue\\fR \\fB" + name + "\\fR"));
  }
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-payload\\fR \\fIJSON\\fR"));
  EXPECT_THAT(page, HasSubstr("\\fBFESCUE_ROOT\\fR"));
}

TEST(ManPage, TextCannotBecomeARequest) {
  const CommandInfo odd{"p", "h", "", {}, {}, {{"v", ".danger\n'more \\n", "", {}, {}, {}}}};
  EXPECT_THAT(man_page(odd, "1"), HasSubstr("\n\\&.danger\n\\&'more \\en.\n"));
}

}  // namespace
}  // namespace fescue::cli
