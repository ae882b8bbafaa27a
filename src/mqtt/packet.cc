// Names of packets, of CONNACK's codes and of the causes of an end, for messages and logs.
#include "mqtt/packet.h"

#include <array>

#include "mqtt/close_reason.h"

namespace fescue::mqtt {

std::string_view name_of(const Packet& packet) {
  static constexpr std::array<std::string_view, std::variant_size_v<Packet>> kNames = {
      "CONNECT",   "CONNACK", "PUBLISH",     "PUBACK",   "PUBREC",  "PUBREL",   "PUBCOMP",
      "SUBSCRIBE", "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT"};
  return kNames[packet.index()];
}

std::string_view name_of(ConnectCode code) {
  switch (code) {
    case ConnectCode::accepted:
      return "accepted";
    case ConnectCode::unacceptable_protocol:
      return "unacceptable protocol version";
    case ConnectCode::identifier_rejected:
      return "client id rejected";
    case ConnectCode::server_unavailable:
      return "server unavailable";
    case ConnectCode::bad_credentials:
      return "bad user name or password";
    case ConnectCode::not_authorized:
      return "not authorized";
  }
  return "unknown";
}

std::string_view name_of(CloseCause cause) {
  switch (cause) {
    case CloseCause::disconnected:
      return "disconnected";
    case CloseCause::peer_closed:
      return "peer closed";
    case CloseCause::protocol_error:
      return "protocol error";
    case CloseCause::refused:
      return "refused";
    case CloseCause::timed_out:
      return "timed out";
    case CloseCause::taken_over:
      return "taken over";
    case CloseCause::slow_reader:
      return "slow reader";
    case CloseCause::stopping:
      return "stopping";
    case CloseCause::io:
      return "i/o error";
  }
  return "unknown";
}

}  // namespace fescue::mqtt
