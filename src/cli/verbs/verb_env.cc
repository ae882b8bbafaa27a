// `fescue env`: shell settings from a running endpoints.json, quoted for `eval`.
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/endpoints_file.h"
#include "cli/say.h"
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

/// What would win over the settings below: keys and roles of the environment, the CLI's older name of a profile,
/// addresses of single services.
constexpr std::string_view kUnset =
    "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ROLE_ARN "
    "AWS_WEB_IDENTITY_TOKEN_FILE AWS_DEFAULT_PROFILE AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_ENDPOINT_URL_LAMBDA "
    "AWS_ENDPOINT_URL_GREENGRASS AWS_ENDPOINT_URL_IOT AWS_ENDPOINT_URL_IOT_DATA_PLANE AWS_ENDPOINT_URL_STS "
    "AWS_ENDPOINT_URL_IAM\n";

void print_environment(const std::string& root, const Endpoints& endpoints) {
  std::vector<std::pair<const char*, std::string>> variables = {
      {"AWS_SHARED_CREDENTIALS_FILE", root + "/run/credentials"},
      // Another may have a role or a login for this profile, which would win. The SDK for JavaScript v2 reads the
      // credentials file only when told to load a configuration that is there.
      {"AWS_CONFIG_FILE", root + "/run/credentials"},
      {"AWS_SDK_LOAD_CONFIG", "1"},
      {"AWS_PROFILE", "default"},
      {"AWS_REGION", endpoints.region},
      {"AWS_DEFAULT_REGION", endpoints.region},
      {"AWS_ENDPOINT_URL", endpoints.api},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"FESCUE_API", endpoints.api},
      {"FESCUE_ROOT", root},
  };
  if (endpoints.api.starts_with("https:")) {
    variables.emplace_back("AWS_CA_BUNDLE", root + "/run/ca.pem");
    variables.emplace_back("NODE_EXTRA_CA_CERTS", root + "/run/ca.pem");
  }
  std::string out(kUnset);
  for (const auto& [name, value] : variables) out += fmt::format("export {}={}\n", name, shell_quoted(value));
  // The CLI in Debian 12 does not know AWS_ENDPOINT_URL. A function works in scripts too, which have no aliases.
  out += fmt::format("unalias aws 2>/dev/null || true\naws() {{ command aws --endpoint-url {} \"$@\"; }}\n",
                     shell_quoted(endpoints.api));
  say(stdout, out);
}

Result<void> show(const std::string& root) {
  FESCUE_TRY(endpoints, read_endpoints(root));
  FESCUE_CHECK(read_owners_credentials(root));  // without them the settings lead nowhere
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
