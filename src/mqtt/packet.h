// The fourteen MQTT 3.1.1 control packets as values. Text and payloads are views: a decoded packet borrows from the
// decoder's buffer and is good until the decoder reads again; a packet to be encoded borrows from the caller.
//
// Source of every rule: OASIS MQTT Version 3.1.1; the numbers in [brackets] elsewhere in this folder are its own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/strong.h"

namespace fescue::mqtt {

enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

using PacketId = std::uint16_t;  // 1..65535; 0 is "none"
using Dup = StrongBool<struct DupTag>;
using Retain = StrongBool<struct RetainTag>;
using CleanSession = StrongBool<struct CleanSessionTag>;
using SessionPresent = StrongBool<struct SessionPresentTag>;

/// Return code of a CONNACK.
enum class ConnectCode : std::uint8_t {
  accepted = 0,
  unacceptable_protocol = 1,
  identifier_rejected = 2,
  server_unavailable = 3,
  bad_credentials = 4,
  not_authorized = 5,
};

/// Return code of one filter of a SUBACK.
enum class SubscribeCode : std::uint8_t { granted_qos0 = 0, granted_qos1 = 1, granted_qos2 = 2, refused = 0x80 };

struct Will {
  std::string_view topic = {};
  std::string_view payload = {};
  QoS qos = QoS::at_most_once;
  Retain retain = Retain::no;
};

struct Connect {
  std::string_view client_id = {};
  CleanSession clean_session = CleanSession::yes;
  std::uint16_t keep_alive = 0;  // seconds; 0: none
  std::optional<Will> will = std::nullopt;
  std::optional<std::string_view> user_name = std::nullopt;
  std::optional<std::string_view> password = std::nullopt;
};

struct ConnAck {
  SessionPresent session_present = SessionPresent::no;
  ConnectCode code = ConnectCode::accepted;
};

struct Publish {
  std::string_view topic = {};
  std::string_view payload = {};
  QoS qos = QoS::at_most_once;
  PacketId packet_id = 0;  // 0 at QoS 0
  Dup dup = Dup::no;
  Retain retain = Retain::no;
};

struct PubAck {
  PacketId packet_id = 0;
};
struct PubRec {
  PacketId packet_id = 0;
};
struct PubRel {
  PacketId packet_id = 0;
};
struct PubComp {
  PacketId packet_id = 0;
};

struct RequestedFilter {
  std::string_view filter = {};
  QoS qos = QoS::at_most_once;
};

struct Subscribe {
  PacketId packet_id = 0;
  std::vector<RequestedFilter> subscriptions = {};  // at least one
};

struct SubAck {
  PacketId packet_id = 0;
  std::vector<SubscribeCode> codes = {};  // one for each filter, in order
};

struct Unsubscribe {
  PacketId packet_id = 0;
  std::vector<std::string_view> filters = {};  // at least one
};

struct UnsubAck {
  PacketId packet_id = 0;
};
struct PingReq {};
struct PingResp {};
struct Disconnect {};

using Packet = std::variant<Connect, ConnAck, Publish, PubAck, PubRec, PubRel, PubComp, Subscribe, SubAck, Unsubscribe,
                            UnsubAck, PingReq, PingResp, Disconnect>;

std::string_view name_of(const Packet& packet);  // "SUBSCRIBE"
std::string_view name_of(ConnectCode code);      // "not authorized"

}  // namespace fescue::mqtt
