// `fescue env`: shell settings from a running endpoints.json, quoted for `eval`.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/endpoints_file.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

namespace {

/// A word that a POSIX shell reads back as `text`.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

void print_environment(const std::string& root, const Endpoints& endpoints) {
  std::vector<std::pair<const char*, std::string>> variables = {
      {"AWS_SHARED_CREDENTIALS_FILE", root + "/run/credentials"},
      {"AWS_PROFILE", "default"},
      {"AWS_DEFAULT_REGION", endpoints.region},
      {"AWS_ENDPOINT_URL", endpoints.api},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"FESCUE_API", endpoints.api},
      {"FESCUE_ROOT", root},
  };
  if (endpoints.api.starts_with("https:")) variables.emplace_back("AWS_CA_BUNDLE", root + "/run/ca.pem");
  for (const auto& [name, value] : variables) fmt::print("export {}={}\n", name, shell_quoted(value));
  // The CLI in Debian 12 does not know AWS_ENDPOINT_URL. A function works in scripts too, which have no aliases.
  fmt::print("unalias aws 2>/dev/null || true\naws() {{ command aws --endpoint-url {} \"$@\"; }}\n",
             shell_quoted(endpoints.api));
}

/// Without them the settings lead nowhere.
Result<void> check_credentials(const std::string& root) {
  const std::string path = root + "/run/credentials";
  if (::access(path.c_str(), R_OK) == 0) return ok();
  return Error(
      Code::permission_denied,
      fmt::format("{}; the credentials are for whoever started `fescue up`: become that user (for root: sudo -s) "
                  "and say it again",
                  errno_error(path).message()));
}

Result<void> show(const std::string& root) {
  FESCUE_TRY(endpoints, read_endpoints(root));
  FESCUE_CHECK(check_credentials(root));
  print_environment(root, endpoints);
  return ok();
}

}  // namespace

void add_env(CLI::App& app, int& status) {
  auto root = std::make_shared<std::string>("/var/lib/fescue");
  CLI::App* verb = app.add_subcommand("env", "Print shell settings that point the AWS CLI at a running `fescue up`");
  verb->footer("Use it as: eval \"$(fescue env --root ROOT)\"");
  add_root(*verb, *root);
  verb->callback([root, &status] {
    const std::string absolute = std::filesystem::absolute(*root).lexically_normal();
    if (const auto shown = show(absolute); !shown) status = fail("env", shown.error());
  });
}

}  // namespace fescue::cli
