#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/doctor/doctor.h"
#include "lambda/interpreters.h"
#include "lambda/run_as.h"

namespace fescue::doctor {

namespace {

constexpr std::array<const char*, 10> kPythons = {"python3.14", "python3.13", "python3.12", "python3.11", "python3.10",
                                                  "python3.9",  "python3.8",  "python3.7",  "python3.6",  "python2.7"};

}  // namespace

Findings check_runtimes(const CoreConfig* config) {
  InterpreterSearch search;
  search.strict = true;  // what is here, not what would stand in
  if (config) search.configured = config->runtimes;
  // Without ggc_user (its own finding) it is we who would run functions.
  UserIds user{::geteuid(), ::getegid()};
  if (const auto found = resolve_run_as({}, {}); found && ::geteuid() == 0) user = *found;

  Findings out;
  std::vector<std::string> present, absent;
  for (const char* runtime : kPythons) {
    const auto path = find_interpreter(runtime, search, user);
    if (path) {
      present.push_back(*path);
    } else if (path.error().code() == Code::not_found && !search.configured.contains(runtime)) {
      absent.emplace_back(runtime);
    } else {
      out.push_back(
          {"interpreters", Verdict::warning, path.error().message(), "open it for the user that functions run as"});
    }
  }
  const std::string where = fmt::format("{}", fmt::join(search.directories, " and "));
  if (present.empty()) {
    out.push_back({"interpreters", Verdict::problem, "no Python in " + where,
                   "apt install python3, or name interpreters under fescue.runtimes in config/config.json"});
  } else {
    out.push_back({"interpreters", Verdict::good, fmt::format("{}", fmt::join(present, ", "))});
  }
  if (!absent.empty()) {
    out.push_back({"interpreters", Verdict::note,
                   fmt::format("not here: {}; a group that needs one is refused by name", fmt::join(absent, ", ")),
                   "install it where functions can run it and, if that is not " + where +
                       ", name it under fescue.runtimes in config/config.json"});
  }
  return out;
}

}  // namespace fescue::doctor
