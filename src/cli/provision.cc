// A core's thing, certificate and policy by signed requests, then the files of its directory.
#include "cli/provision.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "model/json_reader.h"
#include "sandbox/launcher/policy.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::string_view kPolicyName = "fescue-core";
constexpr std::string_view kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:*","greengrass:*"],"Resource":["*"]}]})";

/// A client of the control plane's IoT API.
class IotClient {
 public:
  explicit IotClient(ApiClient api) : api_(std::move(api)) {}

  Task<Result<json::value>> call(std::string method, std::string target, std::string body, std::string principal = {}) {
    HttpRequest request{
        .method = std::move(method), .target = std::move(target), .headers = {}, .body = std::move(body)};
    if (!principal.empty()) request.headers.add("x-amzn-principal", principal);
    return api_.call("iot", std::move(request));
  }

 private:
  ApiClient api_;
};

struct NewCore {
  CoreIdentity identity;
  std::string certificate_pem, private_key_pem;
};

Task<Result<NewCore>> create_core(IotClient& iot, std::string thing_name) {
  NewCore core;
  FESCUE_CO_TRY(thing, co_await iot.call("POST", "/things/" + thing_name, "{}"));
  FESCUE_CO_TRY(thing_arn, JsonReader(thing, "").string("thingArn"));
  core.identity.thing_arn = thing_arn;

  FESCUE_CO_TRY(created, co_await iot.call("POST", "/keys-and-certificate?setAsActive=true", ""));
  const JsonReader certificate(created, "");
  FESCUE_CO_TRY(certificate_arn, certificate.string("certificateArn"));
  FESCUE_CO_TRY(certificate_pem, certificate.string("certificatePem"));
  FESCUE_CO_TRY(keys, certificate.get("keyPair"));
  FESCUE_CO_TRY(private_key, keys.string("PrivateKey"));
  core.identity.certificate_arn = certificate_arn;
  core.certificate_pem = certificate_pem;
  core.private_key_pem = private_key;

  const std::string policy = json::serialize(json::object{{"policyDocument", kPolicy}});
  const auto made = co_await iot.call("POST", fmt::format("/policies/{}-{}", kPolicyName, thing_name), policy);
  if (!made && made.error().code() != Code::already_exists)
    co_return made.error();  // an earlier start may have made it
  const std::string target = json::serialize(json::object{{"target", certificate_arn}});
  FESCUE_CO_CHECK(co_await iot.call("PUT", fmt::format("/target-policies/{}-{}", kPolicyName, thing_name), target));
  FESCUE_CO_CHECK(co_await iot.call("PUT", fmt::format("/things/{}/principals", thing_name), "", certificate_arn));
  co_return core;
}

json::object config_document(const CoreSite& site, const NewCore& core) {
  const auto certs = [&](std::string_view name) { return fmt::format("file://{}/certs/{}", site.root, name); };
  return {{"coreThing", json::object{{"thingArn", core.identity.thing_arn}, {"keepAlive", 600}}},
          {"runtime", json::object{{"allowFunctionsToRunAsRoot", "no"}}},
          {"managedRespawn", false},
          {"crypto",
           json::object{{"caPath", certs("root.ca.pem")},
                        {"principals", json::object{{"IoTCertificate",
                                                     json::object{{"certificatePath", certs("core.cert.pem")},
                                                                  {"privateKeyPath", certs("core.private.key")}}}}}}},
          {"fescue", json::object{{"certificateArn", core.identity.certificate_arn}}}};
}

/// Addresses follow the control plane's listeners, which may have other ports at each start.
void set_addresses(json::object& document, const CoreSite& site) {
  json::object& core = document["coreThing"].as_object();
  core["iotHost"] = site.iot_mqtts.host;
  core["iotMqttPort"] = site.iot_mqtts.port;
  core["ggHost"] = site.gg_https.host;
  core["ggHttpPort"] = site.gg_https.port;
}

Result<void> write_core_files(const CoreSite& site, const NewCore& core) {
  FileSystem& files = real_file_system();
  FESCUE_CHECK(files.make_directories(site.root + "/config", 0755));  // first: the root itself is to be passable
  FESCUE_CHECK(files.make_directories(site.root + "/certs", 0700));
  FESCUE_CHECK(files.write_atomically(site.root + "/certs/core.cert.pem", core.certificate_pem, 0600));
  FESCUE_CHECK(files.write_atomically(site.root + "/certs/core.private.key", core.private_key_pem, 0600));
  return ok();
}

Result<CoreIdentity> identity_of(const json::value& document) {
  const JsonReader reader(document, "config.json");
  FESCUE_TRY(core, reader.get("coreThing"));
  FESCUE_TRY(thing_arn, core.string("thingArn"));
  FESCUE_TRY(own, reader.get("fescue"));
  FESCUE_TRY(certificate_arn, own.string_or("certificateArn", ""));
  return CoreIdentity{thing_arn, certificate_arn};
}

/// A start that changes nothing needs no room on the disk.
Result<void> write_if_changed(const std::string& path, const std::string& text) {
  const auto present = real_file_system().read(path, kMaxFile);
  if (text.empty() || (present && *present == text)) return ok();
  return real_file_system().write_atomically(path, text, 0644);
}

Result<void> save_config(const CoreSite& site, json::value document) {
  set_addresses(document.as_object(), site);
  FESCUE_CHECK(write_if_changed(site.root + "/certs/root.ca.pem", site.ca_pem));
  return write_if_changed(site.root + "/config/config.json", json::serialize(document) + "\n");
}

}  // namespace

bool is_provisioned(const std::string& core_root) {
  return real_file_system().exists(core_root + "/config/config.json");
}

Result<CoreIdentity> update_core(const CoreSite& site) {
  const std::string path = site.root + "/config/config.json";
  FESCUE_CHECK(only_root_can_write(path));  // what is written here counts as root's word afterwards
  FESCUE_TRY(text, real_file_system().read(path, kMaxFile));
  auto document = parse_json(text);
  if (!document) return document.error().in(path);
  const auto identity = identity_of(*document);
  if (!identity) return identity.error().in(path);
  const auto saved = save_config(site, std::move(*document));
  if (!saved) log::error("Cannot bring the core's files up to date.", {{"error", saved.error().message()}});
  return identity;
}

Task<Result<CoreIdentity>> provision_core(CoreSite site, ApiAddress api, AccessKey key, std::string region) {
  FESCUE_CO_TRY(client, co_await ApiClient::connect(std::move(api), site.ca_pem, std::move(key), std::move(region)));
  IotClient iot(std::move(client));
  FESCUE_CO_TRY(core, co_await create_core(iot, site.thing_name));
  FESCUE_CO_CHECK(write_core_files(site, core));
  FESCUE_CO_CHECK(save_config(site, config_document(site, core)));
  co_return core.identity;
}

}  // namespace fescue::cli
