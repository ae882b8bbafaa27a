// What the link contributes to status and metrics.
#include <boost/json.hpp>

#include "uplink/uplink.h"

namespace fescue {

UplinkStatus Uplink::status() const {
  UplinkStatus status = counts_;
  status.connected = connected_;
  status.last_failure = last_failure_;
  status.messages_waiting = messages_.size();
  status.bytes_waiting = messages_.bytes();
  status.messages_dropped = messages_.dropped();
  status.own_dropped = own_.dropped();
  return status;
}

void Uplink::add_status(boost::json::object& out) const {
  const UplinkStatus link = status();
  out["link"] = {{"control_plane", options_.address.str()},
                 {"connected", link.connected},
                 {"last_failure", link.last_failure},
                 {"connections", link.connections},
                 {"messages_waiting", link.messages_waiting},
                 {"bytes_waiting", link.bytes_waiting},
                 {"messages_sent", link.messages_sent},
                 {"messages_received", link.messages_received},
                 {"messages_dropped", link.messages_dropped},
                 {"messages_refused", link.messages_refused},
                 {"own_dropped", link.own_dropped}};
}

std::vector<std::string> Uplink::warnings() const {
  if (short_lives_ < kSuspiciousLives) return {};
  return {std::string(kTwinRemark)};
}

void Uplink::add_metrics(MetricsText& out) const {
  const UplinkStatus link = status();
  out.gauge("fescue_link_connected", "1 while the control plane is connected.", link.connected ? 1 : 0);
  out.counter("fescue_link_connections_total", "Connections made.", link.connections);
  out.gauge("fescue_link_waiting_messages", "Messages queued for the cloud.", link.messages_waiting);
  out.gauge("fescue_link_waiting_bytes", "Their bytes.", link.bytes_waiting);
  out.counter("fescue_link_sent_total", "Messages that the cloud acknowledged.", link.messages_sent);
  out.counter("fescue_link_received_total", "Messages from the cloud.", link.messages_received);
  out.counter("fescue_link_malformed_total", "What came from the cloud and could not be read.",
              link.messages_malformed);
  out.counter("fescue_link_dropped_total", "Messages dropped because the queue was full.", link.messages_dropped);
  out.counter("fescue_link_own_dropped_total",
              "What the core itself had to say, such as reports, dropped for want of room.", link.own_dropped);
  out.counter("fescue_link_refused_total", "Messages set aside because the cloud closes the connection on them.",
              link.messages_refused);
}

}  // namespace fescue
