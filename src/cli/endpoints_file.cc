// Both ways between Endpoints and endpoints.json.
#include "cli/endpoints_file.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/down_note.h"
#include "model/json_reader.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace json = boost::json;

namespace {

std::string path_of(const std::string& root) { return root + "/run/endpoints.json"; }

json::value optional_value(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

}  // namespace

Result<void> write_endpoints(const std::string& root, const Endpoints& e) {
  const json::object document{{"api", e.api},
                              {"iot_mqtt", e.iot_mqtt},
                              {"iot_mqtts", e.iot_mqtts},
                              {"devices_mqtts", e.devices_mqtts},
                              {"discovery", e.discovery},
                              {"ipc", e.ipc},
                              {"streams", optional_value(e.streams)},
                              {"region", e.region},
                              {"account", e.account},
                              {"core_thing_name", e.core_thing_name},
                              {"core_thing_arn", e.core_thing_arn},
                              {"core_certificate_arn", e.core_certificate_arn},
                              {"core_root", e.core_root}};
  return real_file_system().write_atomically(path_of(root), json::serialize(document) + "\n", 0644);
}

Result<Endpoints> read_endpoints(const std::string& root) {
  const auto text = real_file_system().read(path_of(root), 64 * 1024);
  if (!text && text.error().code() == Code::not_found) {
    const Error none(Code::not_found,
                     fmt::format("no running `fescue up --root {}` ({} is not there)", root, path_of(root)));
    return explained(none, root, "up");
  }
  if (!text) return text.error();
  FESCUE_TRY(document, parse_json(*text));
  const JsonReader file(document, "");
  Endpoints out;
  const std::pair<const char*, std::string*> required[] = {
      {"api", &out.api},
      {"iot_mqtt", &out.iot_mqtt},
      {"iot_mqtts", &out.iot_mqtts},
      {"devices_mqtts", &out.devices_mqtts},
      {"discovery", &out.discovery},
      {"ipc", &out.ipc},
      {"region", &out.region},
      {"account", &out.account},
      {"core_thing_name", &out.core_thing_name},
      {"core_thing_arn", &out.core_thing_arn},
      {"core_certificate_arn", &out.core_certificate_arn},
      {"core_root", &out.core_root},
  };
  for (const auto& [name, target] : required) {
    FESCUE_TRY(value, file.string(name));
    *target = std::move(value);
  }
  return out;
}

}  // namespace fescue::cli
