// From the text of config.json to a CoreConfig, object by object; what has no use here is not looked at.
#include "model/core_config.h"

#include <limits>

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "model/json_reader.h"

namespace fescue {

namespace {

constexpr std::int64_t kMaxPort = 65535;
constexpr std::string_view kFileScheme = "file://";

/// A file:// URL, an absolute path, or a name below ROOT/certs.
Result<std::string> read_path(const JsonReader& member, std::string_view root) {
  FESCUE_TRY(text, member.as_string());
  if (text.starts_with("pkcs11:")) return member.error("keys in hardware (pkcs11:) are not supported yet; name a file");
  if (text.starts_with(kFileScheme)) text = text.substr(kFileScheme.size());
  if (text.empty()) return member.error("must name a file");
  return text.starts_with('/') ? text : fmt::format("{}/certs/{}", root, text);
}

Result<std::string> required_path(const JsonReader& object, std::string_view name, std::string_view root) {
  FESCUE_TRY(member, object.get(name));
  return read_path(member, root);
}

/// `crypto` (1.7 and later) wins over the coreThing members of old.
Result<void> read_identity_files(const JsonReader& document, const JsonReader& core, std::string_view root,
                                 CoreConfig& out) {
  const std::optional<JsonReader> crypto = document.find("crypto");
  if (crypto) {
    FESCUE_TRY(ca, required_path(*crypto, "caPath", root));
    FESCUE_TRY(principals, crypto->get("principals"));
    FESCUE_TRY(identity, principals.get("IoTCertificate"));
    FESCUE_TRY(certificate, required_path(identity, "certificatePath", root));
    FESCUE_TRY(key, required_path(identity, "privateKeyPath", root));
    out.ca_path = ca, out.certificate_path = certificate, out.private_key_path = key;
    return ok();
  }
  FESCUE_TRY(ca, required_path(core, "caPath", root));
  FESCUE_TRY(certificate, required_path(core, "certPath", root));
  FESCUE_TRY(key, required_path(core, "keyPath", root));
  out.ca_path = ca, out.certificate_path = certificate, out.private_key_path = key;
  return ok();
}

Result<HostPort> read_address(const JsonReader& core, std::string_view host_name, std::string_view port_name,
                              std::int64_t default_port) {
  FESCUE_TRY(host, core.string(host_name));
  if (host.empty()) return core.error(fmt::format("{} is empty", host_name));
  FESCUE_TRY(port, core.integer_or(port_name, default_port, 1, kMaxPort));
  return HostPort{host, static_cast<std::uint16_t>(port)};
}

template <class Unit>
Result<void> read_duration(const JsonReader& object, std::string_view name, std::int64_t min, std::int64_t max,
                           Unit& out) {
  FESCUE_TRY(count, object.integer_or(name, out.count(), min, max));
  out = Unit(count);
  return ok();
}

Result<void> read_core_thing(const JsonReader& core, CoreConfig& out) {
  FESCUE_TRY(arn_text, core.string("thingArn"));
  auto arn = ThingArn::parse(arn_text);
  if (!arn) return core.error(arn.error());
  out.thing_arn = std::move(*arn);
  FESCUE_TRY(iot, read_address(core, "iotHost", "iotMqttPort", 8883));
  out.iot_mqtt = std::move(iot);
  FESCUE_TRY(gg, read_address(core, "ggHost", "ggHttpPort", 8443));
  out.gg_https = std::move(gg);
  FESCUE_CHECK(read_duration(core, "keepAlive", 30, 1200, out.keep_alive));
  FESCUE_CHECK(read_duration(core, "mqttOperationTimeout", 5, 3600, out.mqtt_operation_timeout));
  FESCUE_CHECK(read_duration(core, "mqttMaxConnectionRetryInterval", 1, 86400, out.max_reconnect_interval));
  FESCUE_TRY(client_id, core.string_or("coreClientId", out.thing_arn.thing_name().view()));
  if (client_id.empty() || client_id.size() > 128) return core.error("coreClientId must have 1 to 128 characters");
  out.client_id = std::move(client_id);
  FESCUE_TRY(port, core.integer_or("ggDaemonPort", 8000, 0, kMaxPort));
  out.daemon_port = static_cast<std::uint16_t>(port);
  FESCUE_TRY(mqtt_port, core.integer_or("ggMqttPort", out.devices.port, 1024, kMaxPort));
  out.devices.port = static_cast<std::uint16_t>(mqtt_port);
  return ok();
}

Result<bool> read_yes_no(const JsonReader& object, std::string_view name) {
  FESCUE_TRY(text, object.string_or(name, "no"));
  if (text != "yes" && text != "no") return object.error(fmt::format("{} must be \"yes\" or \"no\"", name));
  return text == "yes";
}

Result<void> read_runtime(const JsonReader& runtime, CoreConfig& out) {
  FESCUE_TRY(items, runtime.integer_or("maxWorkItemCount", 1024, 1, 1000000));
  out.max_work_items = static_cast<std::size_t>(items);
  FESCUE_TRY(idle, runtime.integer_or("lruSize", 25, 1, 10000));
  out.idle_workers = static_cast<std::size_t>(idle);
  FESCUE_TRY(workers, runtime.integer_or("maxConcurrentLimit", 25, 1, 10000));
  out.max_workers = std::max(static_cast<std::size_t>(workers), out.idle_workers);
  FESCUE_CHECK(read_duration(runtime, "postStartHealthCheckTimeout", 100, 3600000, out.post_start_check));
  FESCUE_TRY(root_functions, read_yes_no(runtime, "allowFunctionsToRunAsRoot"));
  out.allow_root_functions = root_functions;
  return ok();
}

Result<void> read_run_as(const JsonReader& own, CoreConfig& out) {
  const std::optional<JsonReader> list = own.find("runAs");
  if (!list) return ok();
  if (!list->value().is_array()) return list->error("must be a list of user names and uids");
  for (const auto& entry : list->value().get_array()) {
    const std::int64_t* uid = entry.if_int64();
    if (uid && *uid > 0 && *uid < std::numeric_limits<std::uint32_t>::max()) {
      out.run_as_uids.insert(static_cast<std::uint32_t>(*uid));
    } else if (entry.is_string() && !entry.get_string().empty()) {
      out.run_as_users.emplace(entry.get_string());
    } else {
      return list->error("must be a list of user names and uids");
    }
  }
  return ok();
}

Result<void> read_own(const JsonReader& own, CoreConfig& out) {
  FESCUE_TRY(strict, own.bool_or("strict", false));
  out.strict = strict;
  FESCUE_TRY(host, own.string_or("devicesHost", out.devices.host));
  if (host.empty()) return own.error("devicesHost must be an address of this machine, or 0.0.0.0 for all");
  out.devices.host = std::move(host);
  FESCUE_CHECK(read_run_as(own, out));
  const std::optional<JsonReader> runtimes = own.find("runtimes");
  if (!runtimes) return ok();
  FESCUE_CHECK(runtimes->expect_object());
  for (const auto& [id, path] : runtimes->value().get_object()) {
    if (!path.is_string() || !path.get_string().starts_with('/')) {
      return runtimes->error(fmt::format("\"{}\" must be an absolute path", std::string_view(id)));
    }
    out.runtimes[std::string(id)] = std::string(path.get_string());
  }
  return ok();
}

}  // namespace

std::string HostPort::str() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto bad = [&] {
    return Error(Code::invalid_argument, fmt::format("\"{}\" is not host:port (as in 127.0.0.1:8181)", text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad();
  const auto port = parse_number<std::uint16_t>(digits);
  if (!port) return bad();
  return HostPort{std::string(host), *port};
}

Result<CoreConfig> parse_core_config(std::string_view text, std::string_view root) {
  FESCUE_TRY(value, parse_json(text));
  const JsonReader document(value, "");
  CoreConfig out;
  FESCUE_TRY(core, document.get("coreThing"));
  FESCUE_CHECK(read_core_thing(core, out));
  FESCUE_CHECK(read_identity_files(document, core, root, out));
  FESCUE_CHECK(read_duration(document, "mqttMaxConnectionRetryInterval", 1, 86400, out.max_reconnect_interval));
  if (const auto runtime = document.find("runtime")) FESCUE_CHECK(read_runtime(*runtime, out));
  FESCUE_TRY(write_directory, document.string_or("writeDirectory", ""));
  out.write_directory = std::move(write_directory);
  if (const auto own = document.find("fescue")) FESCUE_CHECK(read_own(*own, out));
  return out;
}

}  // namespace fescue
