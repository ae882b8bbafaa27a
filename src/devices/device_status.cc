// What the devices' server contributes to status, metrics and warnings.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "devices/device_server.h"
#include "mqtt_server/server_metrics.h"

namespace fescue {

std::size_t DeviceServer::connected() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      rules_.table().by_thing(), [&](const auto& device) { return server_.is_connected(device.first); }));
}

std::string DeviceServer::why_closed() const {
  if (address_.empty()) return options_.why_no_listener;
  return credentials_.context() ? "" : credentials_.problem();
}

void DeviceServer::add_status(boost::json::object& status) const {
  boost::json::array things;
  for (const auto& [name, endpoint] : rules_.table().by_thing()) {
    things.push_back(boost::json::object{{"thing", name}, {"connected", server_.is_connected(name)}});
  }
  boost::json::object devices{
      {"address", address_},
      {"configured", rules_.table().size()},
      {"connected", connected()},
      {"things", std::move(things)},
      {"not_served", why_closed()},
      {"authority", credentials_.authority_file()},
      {"lost",
       {{"not_connected", lost_.not_connected}, {"not_subscribed", lost_.not_subscribed}, {"no_room", lost_.no_room}}}};
  if (credentials_.context()) devices["certificate_until"] = iso8601_utc(credentials_.not_after());
  status["devices"] = std::move(devices);
}

void DeviceServer::add_metrics(MetricsText& out) const {
  out.gauge("fescue_devices_configured", "Client devices of the group.", rules_.table().size());
  out.gauge("fescue_devices_connected", "Those that are connected.", connected());
  out.counter("fescue_device_handshakes_refused_total", "TLS handshakes with the devices' server that failed.",
              handshakes_refused_);
  out.counter("fescue_device_certificate_renewals_total", "Certificates of that server that took another's place.",
              credentials_.renewals());
  const std::string_view name = "fescue_device_messages_lost_total";
  const std::string_view help = "Messages for devices that did not reach them, by cause.";
  out.counter(name, help, lost_.not_connected, {{"cause", "not_connected"}});
  out.counter(name, help, lost_.not_subscribed, {{"cause", "not_subscribed"}});
  out.counter(name, help, lost_.no_room, {{"cause", "no_room"}});
  fescue::add_metrics(out, server_.counters());
}

std::vector<std::string> DeviceServer::warnings() const {
  if (rules_.table().empty()) return {};
  std::vector<std::string> out;
  if (const std::string why = why_closed(); !why.empty()) {
    out.push_back(fmt::format("devices cannot connect to this core: {}", why));
  } else if (!credentials_.problem().empty()) {
    out.push_back(fmt::format("the certificate of the devices' server is not renewed: {}", credentials_.problem()));
  }
  return out;
}

}  // namespace fescue
