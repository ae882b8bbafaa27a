// The options that most verbs have, and how a verb fails.
#include "cli/verbs/verb.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/say.h"

namespace fescue::cli {

CLI::Option* add_root(CLI::App& verb, std::string& root) {
  return verb.add_option("--root", root, "The root that `fescue up` was given, or a core's own")
      ->envname("FESCUE_ROOT")
      ->type_name("DIR")
      ->capture_default_str();
}

CLI::Option* add_json(CLI::App& verb, bool& json) { return verb.add_flag("--json", json, "Print JSON"); }

int fail(std::string_view verb, const Error& error) {
  say(stderr, fmt::format("fescue {}: {}\n", verb, error.message()));
  return kFailed;
}

}  // namespace fescue::cli
