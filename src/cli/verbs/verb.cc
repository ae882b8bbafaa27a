// The options that most verbs have, and how a verb fails.
#include "cli/verbs/verb.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/say.h"
#include "sys/storage/file.h"

namespace fescue::cli {

CLI::Option* add_root(CLI::App& verb, std::string& root) {
  return verb.add_option("--root", root, "The root that `fescue up` was given, or a core's own")
      ->envname("FESCUE_ROOT")
      ->type_name("DIR")
      ->capture_default_str();
}

CLI::Option* add_json(CLI::App& verb, bool& json) { return verb.add_flag("--json", json, "Print JSON"); }

Result<std::string> read_owners_credentials(const std::string& root) {
  auto text = real_file_system().read(root + "/run/credentials", 4096);
  if (text || text.error().code() != Code::permission_denied) return text;
  return Error(
      Code::permission_denied,
      fmt::format("{}; the credentials are for whoever started `fescue up`: become that user (for root: sudo -s) "
                  "and say it again",
                  text.error().message()));
}

int fail(std::string_view verb, const Error& error) {
  say(stderr, fmt::format("fescue {}: {}\n", verb, error.message()));
  return kFailed;
}

}  // namespace fescue::cli
