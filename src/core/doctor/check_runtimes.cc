// Findings about interpreters: those that are here, and what V1's runtimes would be run by.
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/doctor/doctor.h"
#include "functions/launch/run_as.h"

namespace fescue::doctor {

namespace {

constexpr const char* kArea = "interpreters";

/// What V1's packages ask for (docs/compatibility/runtimes.md#interpreters).
constexpr std::array<const char*, 7> kRuntimesOfV1 = {"python2.7",  "python3.7",  "python3.8", "nodejs6.10",
                                                      "nodejs8.10", "nodejs12.x", "java8"};

std::string advice_for(const InterpreterSearch& search) {
  return fmt::format(
      "install it where functions can run it and, if that is not {}, name it under fescue.runtimes in "
      "config/config.json",
      fmt::join(search.directories, " and "));
}

/// One line for each language, and one for each file that is closed to the user.
void add_present(Findings& out, const InterpreterSearch& search, const UserIds& user) {
  std::array<std::vector<std::string>, kRuntimeFamilies.size()> present;
  for (const FoundInterpreter& found : list_interpreters(search, user)) {
    if (found.usable) {
      const auto family = std::ranges::find(kRuntimeFamilies, found.version.family) - kRuntimeFamilies.begin();
      present.at(static_cast<std::size_t>(family)).push_back(fmt::format("{} ({})", found.path, found.version.str()));
    } else {
      out.push_back(
          {kArea, Verdict::warning,
           fmt::format("{} ({}) is of no use: {}", found.path, found.version.str(), found.usable.error().message()),
           "open it for the user that functions run as"});
    }
  }
  for (std::size_t i = 0; i < present.size(); ++i) {
    const std::string_view name = name_of(kRuntimeFamilies[i]);
    if (!present[i].empty()) {
      out.push_back({kArea, Verdict::good, fmt::format("{}: {}", name, fmt::join(present[i], ", "))});
    } else {
      out.push_back({kArea, kRuntimeFamilies[i] == RuntimeFamily::python ? Verdict::problem : Verdict::note,
                     fmt::format("no {} in {}", name, fmt::join(search.directories, " and ")), advice_for(search)});
    }
  }
}

/// What would run V1's runtimes that are not here, and which of them nothing would.
void add_runtimes_of_v1(Findings& out, const InterpreterSearch& search, const UserIds& user) {
  std::vector<std::string> stood_in, refused;
  for (const char* runtime : kRuntimesOfV1) {
    const auto found = choose_interpreter(runtime, search, user);
    if (found && !found->remark.empty()) stood_in.push_back(fmt::format("{} on {}", runtime, found->path));
    if (!found) refused.emplace_back(runtime);
  }
  if (!stood_in.empty()) {
    out.push_back({kArea, Verdict::note,
                   fmt::format("of V1's runtimes, the nearest newer would run {}", fmt::join(stood_in, ", "))});
  }
  if (!refused.empty()) {
    out.push_back({kArea, Verdict::note,
                   fmt::format("of V1's runtimes, nothing here runs {}; a group that needs one is refused by name",
                               fmt::join(refused, ", ")),
                   advice_for(search)});
  }
}

}  // namespace

Findings check_interpreters(const InterpreterSearch& search, const UserIds& user) {
  Findings out;
  add_present(out, search, user);
  add_runtimes_of_v1(out, search, user);
  return out;
}

Findings check_runtimes(const CoreConfig* config) {
  InterpreterSearch search;
  if (config) {
    search.configured = config->runtimes;
    search.strict = config->strict;
  }
  // Without ggc_user (its own finding) it is we who would run functions.
  UserIds user{::geteuid(), ::getegid()};
  if (const auto found = resolve_run_as({}, {}); found && ::geteuid() == 0) user = *found;
  return check_interpreters(search, user);
}

}  // namespace fescue::doctor
