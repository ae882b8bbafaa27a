// `fescue key create|list|revoke`: access keys of the control plane's API, asked for with the owner's own key.
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/api_client.h"
#include "cli/endpoints_file.h"
#include "cli/output/table.h"
#include "cli/say.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "model/json_reader.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

struct KeyOptions {
  std::string root = "/var/lib/fescue";
  std::string action, id;
  std::string name, role = "read-only";
  std::string api, region;  // empty: as endpoints.json says
  bool json = false;
};

/// What the API is asked with: where it is, and the owner's key.
struct ApiAccess {
  ApiAddress address;
  std::string ca_pem, region;
  AccessKey key;
};

Error half_an_address(std::string_view missing) {
  return Error(Code::invalid_argument,
               fmt::format("{} is missing: a control plane that runs alone needs both --api and --region", missing));
}

Result<ApiAccess> find_api(const KeyOptions& options) {
  const std::string root = std::filesystem::absolute(options.root).lexically_normal();
  ApiAccess out;
  std::string url = options.api;
  out.region = options.region;
  if (url.empty() || out.region.empty()) {
    const auto endpoints = read_endpoints(root);
    if (!endpoints && url.empty() != out.region.empty()) return half_an_address(url.empty() ? "--api" : "--region");
    if (!endpoints) return endpoints.error();
    if (url.empty()) url = endpoints->api;
    if (out.region.empty()) out.region = endpoints->region;
  }
  FESCUE_TRY(address, parse_api_address(url));
  out.address = std::move(address);
  FESCUE_TRY(credentials, read_owners_credentials(root));
  FESCUE_TRY(key, parse_credentials_file(credentials));
  out.key = std::move(key);
  if (!out.address.tls) return out;
  FESCUE_TRY(ca, real_file_system().read(root + "/run/ca.pem", 64 * 1024));
  out.ca_pem = std::move(ca);
  return out;
}

Task<Result<json::value>> ask(ApiAccess access, HttpRequest request) {
  FESCUE_CO_TRY(client,
                co_await ApiClient::connect(access.address, access.ca_pem, access.key, std::move(access.region)));
  co_return co_await client.call("fescue", std::move(request));
}

Result<json::value> ask_and_wait(const ApiAccess& access, HttpRequest request) {
  asio::io_context io(1);
  std::optional<Result<json::value>> out;
  asio::co_spawn(io, ask(access, std::move(request)),
                 [&](std::exception_ptr, Result<json::value> result) { out = std::move(result); });
  io.run();
  if (!out) return Error(Code::internal, "the request did not end");
  return std::move(*out);
}

Result<std::string> create(const KeyOptions& options, const ApiAccess& access) {
  const std::string body = json::serialize(json::object{{"name", options.name}, {"role", options.role}});
  FESCUE_TRY(answer, ask_and_wait(access, {"POST", "/_fescue/keys", {}, body}));
  if (options.json) return json::serialize(answer) + "\n";
  const JsonReader made(answer, "");
  FESCUE_TRY(id, made.string("id"));
  FESCUE_TRY(secret, made.string("secret"));
  say(stderr,
      fmt::format("A key for {} with the role {}. Its secret is shown this once:\n", options.name, options.role));
  return to_credentials_file({id, secret});
}

Result<std::string> list(const KeyOptions& options, const ApiAccess& access) {
  FESCUE_TRY(answer, ask_and_wait(access, {"GET", "/_fescue/keys", {}, ""}));
  if (options.json) return json::serialize(answer) + "\n";
  Table table({"KEY", "NAME", "ROLE", "CREATED"});
  FESCUE_TRY(keys, JsonReader(answer, "").get("keys"));
  FESCUE_TRY(items, keys.items());
  for (const JsonReader& item : items) {
    std::vector<std::string> cells;
    for (const char* member : {"id", "name", "role", "created"}) {
      FESCUE_TRY(text, item.string(member));
      cells.push_back(std::move(text));
    }
    table.add(std::move(cells));
  }
  return table.str();
}

Result<std::string> revoke(const KeyOptions& options, const ApiAccess& access) {
  FESCUE_TRY(answer, ask_and_wait(access, {"DELETE", "/_fescue/keys/" + percent_encode(options.id), {}, ""}));
  if (options.id == access.key.id) {
    const std::string path = std::filesystem::absolute(options.root).lexically_normal() / "run/credentials";
    FESCUE_CHECK(real_file_system().remove_tree(path));
    say(stderr,
        fmt::format("That was the owner's own key. {} is gone; the control plane's next start makes another.\n", path));
  }
  return options.json ? json::serialize(answer) + "\n" : fmt::format("{} is revoked.\n", options.id);
}

/// A secret is shown once: a key whose secret nobody got is of no use to anybody, and would stay.
Result<void> take_back(const KeyOptions& options, const ApiAccess& access, const std::string& text) {
  std::string id;
  if (options.json) {
    FESCUE_TRY(made, parse_json(text));
    FESCUE_TRY(found, JsonReader(made, "").string("id"));
    id = found;
  } else {
    FESCUE_TRY(key, parse_credentials_file(text));
    id = key.id;
  }
  FESCUE_TRY(revoked, ask_and_wait(access, {"DELETE", "/_fescue/keys/" + percent_encode(id), {}, ""}));
  return Error(Code::io, fmt::format("the secret could not be written, so {} is revoked again", id));
}

Result<void> check_command(const KeyOptions& options) {
  if (options.action == "create" && options.name.empty())
    return Error(Code::invalid_argument, "--name says who is to use the key");
  if (options.action == "revoke" && options.id.empty())
    return Error(Code::invalid_argument, "which key? `fescue key list` shows them");
  return ok();
}

Result<void> run(const KeyOptions& options) {
  FESCUE_CHECK(check_command(options));
  FESCUE_TRY(access, find_api(options));
  FESCUE_TRY(text, options.action == "create" ? create(options, access)
                   : options.action == "list" ? list(options, access)
                                              : revoke(options, access));
  say(stdout, text);
  return options.action == "create" && !check_said() ? take_back(options, access, text) : ok();
}

}  // namespace

void add_key(CLI::App& app, int& status) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* verb = app.add_subcommand("key", "Make, list and revoke access keys of the API, each with a role");
  verb->footer(
      "Roles: read-only reads everything but secrets; deployer also changes functions, versions and aliases,\n"
      "deploys, invokes and publishes; admin does all.");
  verb->add_option("ACTION", options->action, "What to do")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"create", "list", "revoke"}));
  verb->add_option("KEY", options->id, "For revoke: the key's id");
  verb->add_option("--name", options->name, "For create: who is to use it")->type_name("NAME");
  verb->add_option("--role", options->role, "For create: what it may do")
      ->check(CLI::IsMember(std::vector<std::string>{"read-only", "deployer", "admin"}))
      ->capture_default_str();
  add_root(*verb, options->root);
  verb->add_option("--api", options->api, "Of a control plane that runs alone: its URL")->type_name("URL");
  verb->add_option("--region", options->region, "Of a control plane that runs alone: its region")->type_name("REGION");
  add_json(*verb, options->json);
  verb->callback([options, &status] {
    std::signal(SIGPIPE, SIG_IGN);  // nobody takes back what a process that is killed has made
    if (const auto done = run(*options); !done) {
      fail("key", done.error());
      status = done.error().code() == Code::invalid_argument ? kWrongCommand : kFailed;
    }
  });
}

}  // namespace fescue::cli
