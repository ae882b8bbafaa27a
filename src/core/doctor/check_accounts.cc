// Findings about the users and groups that V1 and Fescue need, and the commands that make them.
#include <unistd.h>

#include <fmt/format.h>

#include "core/doctor/doctor.h"

namespace fescue::doctor {

namespace {

constexpr const char* kFunctionUser = "ggc_user";
constexpr const char* kFunctionGroup = "ggc_group";

std::vector<std::string> make_group(const std::string& name) { return {"groupadd", "--system", name}; }

std::vector<std::string> make_user(const std::string& name, const std::vector<std::string>& group) {
  std::vector<std::string> out{"useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"};
  out.insert(out.end(), group.begin(), group.end());
  out.push_back(name);
  return out;
}

Finding missing(const std::string& what, const std::string& for_what, std::vector<std::string> repair) {
  return {.area = "users",
          .verdict = Verdict::problem,
          .text = fmt::format("no {}: {}", what, for_what),
          .advice = "run `fescue doctor --fix` as root, or create it as you please",
          .repairs = {std::move(repair)}};
}

}  // namespace

Findings check_accounts() {
  Findings out;
  if (!find_group(kFunctionGroup)) {
    out.push_back(missing(std::string("group ") + kFunctionGroup, "functions run in it", make_group(kFunctionGroup)));
  }
  if (!find_user(kFunctionUser)) {
    out.push_back(missing(std::string("user ") + kFunctionUser, "functions run as it",
                          make_user(kFunctionUser, {"--gid", kFunctionGroup})));
  }
  for (const std::string name : {"fescue", "fescue-cloud"}) {
    if (find_user(name)) continue;
    const char* what = name == "fescue" ? "the core becomes it" : "the control plane becomes it";
    out.push_back(missing("user " + name, what, make_user(name, {"--user-group"})));
  }
  if (out.empty()) {
    out.push_back({"users", Verdict::good, "ggc_user, ggc_group, fescue and fescue-cloud are there"});
  }
  if (::geteuid() != 0) {
    // None of the accounts is used then.
    for (Finding& finding : out) {
      if (finding.verdict == Verdict::problem) finding.verdict = Verdict::warning;
    }
    out.push_back({"users", Verdict::note, "you are not root: what you start runs as you, functions included",
                   "start `fescue up` as root for users of their own"});
  }
  return out;
}

}  // namespace fescue::doctor
