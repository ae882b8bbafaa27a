// Reading the body of each kind of packet, field by field; whatever the specification forbids is malformed.
#include "mqtt/decode_packet.h"

#include <array>

#include <fmt/format.h>

#include "mqtt/text.h"

namespace fescue::mqtt {

namespace {

Error malformed(std::string_view packet, std::string_view what) {
  return Error(Code::invalid_argument, fmt::format("{}: {}", packet, what));
}

/// Takes fields off the front of a packet's body.
class Fields {
 public:
  Fields(std::string_view packet, std::string_view body) : packet_(packet), rest_(body) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  Result<std::uint8_t> byte(std::string_view what) {
    if (rest_.empty()) return truncated(what);
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  Result<std::uint16_t> number(std::string_view what) {
    if (rest_.size() < 2) return truncated(what);
    const auto high = static_cast<std::uint8_t>(rest_[0]);
    const auto low = static_cast<std::uint8_t>(rest_[1]);
    rest_.remove_prefix(2);
    return static_cast<std::uint16_t>(high << 8 | low);
  }

  Result<PacketId> packet_id() {
    FESCUE_TRY(id, number("packet id"));
    if (id == 0) return malformed(packet_, "packet id is 0");
    return id;
  }

  Result<std::string_view> binary(std::string_view what) {
    FESCUE_TRY(length, number(what));
    if (rest_.size() < length) return truncated(what);
    const std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }

  Result<std::string_view> text(std::string_view what, std::string_view (*problem_of)(std::string_view)) {
    FESCUE_TRY(value, binary(what));
    if (const std::string_view problem = problem_of(value); !problem.empty()) return wrong(what, problem);
    return value;
  }

  Error wrong(std::string_view what, std::string_view problem) const {
    return malformed(packet_, fmt::format("{} {}", what, problem));
  }

  Result<void> end() const {
    if (!rest_.empty()) return malformed(packet_, fmt::format("{} bytes too many", rest_.size()));
    return ok();
  }

 private:
  Error truncated(std::string_view what) const { return malformed(packet_, fmt::format("ends inside its {}", what)); }

  std::string_view packet_;
  std::string_view rest_;
};

struct ConnectFlags {
  bool clean_session, will, will_retain, password, user_name;
  std::uint8_t will_qos;
};

Result<ConnectFlags> take_connect_flags(Fields& fields) {
  FESCUE_TRY(bits, fields.byte("connect flags"));
  const ConnectFlags flags{.clean_session = (bits & 0x02) != 0,
                           .will = (bits & 0x04) != 0,
                           .will_retain = (bits & 0x20) != 0,
                           .password = (bits & 0x40) != 0,
                           .user_name = (bits & 0x80) != 0,
                           .will_qos = static_cast<std::uint8_t>(bits >> 3 & 3)};
  if (bits & 0x01) return fields.wrong("connect flags", "have the reserved bit set");
  if (flags.will_qos == 3) return fields.wrong("will", "has QoS 3");
  if (!flags.will && (flags.will_qos != 0 || flags.will_retain)) {
    return fields.wrong("connect flags", "describe a will that is absent");
  }
  if (flags.password && !flags.user_name) return fields.wrong("connect flags", "have a password without a user name");
  return flags;
}

/// Another version of MQTT is not malformed: the server answers it with CONNACK 1 [3.1.2.2].
Result<void> take_protocol(Fields& fields) {
  FESCUE_TRY(name, fields.binary("protocol name"));
  if (name != "MQTT" && name != "MQIsdp") return fields.wrong("protocol name", "is not MQTT");
  FESCUE_TRY(level, fields.byte("protocol level"));
  if (name == "MQTT" && level == 4) return ok();
  return Error(Code::unimplemented,
               fmt::format("CONNECT: protocol {} level {}; only MQTT 3.1.1 (level 4) is spoken", name, level));
}

Result<void> decode_connect(std::string_view body, Packet& into) {
  Fields fields("CONNECT", body);
  Connect& packet = into.emplace<Connect>();
  FESCUE_CHECK(take_protocol(fields));
  FESCUE_TRY(flags, take_connect_flags(fields));
  FESCUE_TRY(keep_alive, fields.number("keep-alive"));
  FESCUE_TRY(client_id, fields.text("client id", problem_of_text));
  packet.client_id = client_id;
  packet.clean_session = CleanSession(flags.clean_session);
  packet.keep_alive = keep_alive;
  if (flags.will) {
    FESCUE_TRY(topic, fields.text("will topic", problem_of_topic));
    FESCUE_TRY(payload, fields.binary("will payload"));
    packet.will = Will{topic, payload, static_cast<QoS>(flags.will_qos), Retain(flags.will_retain)};
  }
  if (flags.user_name) {
    FESCUE_TRY(user_name, fields.text("user name", problem_of_text));
    packet.user_name = user_name;
  }
  if (flags.password) {
    FESCUE_TRY(password, fields.binary("password"));
    packet.password = password;
  }
  return fields.end();
}

Result<void> decode_connack(std::string_view body, Packet& into) {
  Fields fields("CONNACK", body);
  FESCUE_TRY(flags, fields.byte("flags"));
  FESCUE_TRY(code, fields.byte("return code"));
  if (flags > 1) return fields.wrong("flags", "have reserved bits set");
  if (code > 5) return fields.wrong("return code", fmt::format("{} is not defined", code));
  if (flags == 1 && code != 0) return fields.wrong("session present", "is set in a refusal");
  into = ConnAck{SessionPresent(flags == 1), static_cast<ConnectCode>(code)};
  return fields.end();
}

Result<void> decode_publish(std::uint8_t flags, std::string_view body, Packet& into) {
  Fields fields("PUBLISH", body);
  Publish& packet = into.emplace<Publish>();
  packet.qos = static_cast<QoS>(flags >> 1 & 3);
  packet.dup = Dup((flags & 8) != 0);
  packet.retain = Retain((flags & 1) != 0);
  FESCUE_TRY(topic, fields.text("topic", problem_of_topic));
  packet.topic = topic;
  if (packet.qos != QoS::at_most_once) {
    FESCUE_TRY(id, fields.packet_id());
    packet.packet_id = id;
  }
  packet.payload = fields.rest();
  return ok();
}

template <class Ack>
Result<void> decode_ack(std::string_view name, std::string_view body, Packet& into) {
  Fields fields(name, body);
  FESCUE_TRY(id, fields.packet_id());
  into.emplace<Ack>().packet_id = id;
  return fields.end();
}

Result<void> decode_subscribe(std::string_view body, Packet& into) {
  Fields fields("SUBSCRIBE", body);
  Subscribe& packet = into.emplace<Subscribe>();
  FESCUE_TRY(id, fields.packet_id());
  packet.packet_id = id;
  if (fields.at_end()) return malformed("SUBSCRIBE", "has no filter");
  while (!fields.at_end()) {
    FESCUE_TRY(filter, fields.text("filter", problem_of_filter));
    FESCUE_TRY(qos, fields.byte("requested QoS"));
    if (qos > 2) return fields.wrong("requested QoS", qos == 3 ? "is 3" : "has reserved bits set");
    packet.subscriptions.push_back({filter, static_cast<QoS>(qos)});
  }
  return ok();
}

Result<void> decode_suback(std::string_view body, Packet& into) {
  Fields fields("SUBACK", body);
  SubAck& packet = into.emplace<SubAck>();
  FESCUE_TRY(id, fields.packet_id());
  packet.packet_id = id;
  if (fields.at_end()) return malformed("SUBACK", "has no return code");
  for (const char raw : fields.rest()) {
    const auto code = static_cast<std::uint8_t>(raw);
    if (code > 2 && code != 0x80) return fields.wrong("return code", fmt::format("{:#04x} is not defined", code));
    packet.codes.push_back(static_cast<SubscribeCode>(code));
  }
  return ok();
}

Result<void> decode_unsubscribe(std::string_view body, Packet& into) {
  Fields fields("UNSUBSCRIBE", body);
  Unsubscribe& packet = into.emplace<Unsubscribe>();
  FESCUE_TRY(id, fields.packet_id());
  packet.packet_id = id;
  if (fields.at_end()) return malformed("UNSUBSCRIBE", "has no filter");
  while (!fields.at_end()) {
    FESCUE_TRY(filter, fields.text("filter", problem_of_filter));
    packet.filters.push_back(filter);
  }
  return ok();
}

template <class Empty>
Result<void> decode_empty(std::string_view name, std::string_view body, Packet& into) {
  into.emplace<Empty>();
  return Fields(name, body).end();
}

}  // namespace

Result<void> check_first_byte(FirstByte first) {
  if (first.type == 0 || first.type == 15) {
    return Error(Code::invalid_argument, fmt::format("packet type {} is reserved", first.type));
  }
  if (first.type == 3) {
    const int qos = first.flags >> 1 & 3;
    if (qos == 3) return malformed("PUBLISH", "QoS is 3");
    if (qos == 0 && (first.flags & 8)) return malformed("PUBLISH", "DUP is set at QoS 0");
    return ok();
  }
  const bool has_fixed_bit = first.type == 6 || first.type == 8 || first.type == 10;  // PUBREL, (UN)SUBSCRIBE
  const int expected = has_fixed_bit ? 2 : 0;
  if (first.flags == expected) return ok();
  return Error(Code::invalid_argument,
               fmt::format("packet type {} has flags {}; they must be {}", first.type, first.flags, expected));
}

Result<void> decode_packet(FirstByte first, std::string_view body, Packet& into) {
  switch (first.type) {
    case 1:
      return decode_connect(body, into);
    case 2:
      return decode_connack(body, into);
    case 3:
      return decode_publish(first.flags, body, into);
    case 4:
      return decode_ack<PubAck>("PUBACK", body, into);
    case 5:
      return decode_ack<PubRec>("PUBREC", body, into);
    case 6:
      return decode_ack<PubRel>("PUBREL", body, into);
    case 7:
      return decode_ack<PubComp>("PUBCOMP", body, into);
    case 8:
      return decode_subscribe(body, into);
    case 9:
      return decode_suback(body, into);
    case 10:
      return decode_unsubscribe(body, into);
    case 11:
      return decode_ack<UnsubAck>("UNSUBACK", body, into);
    case 12:
      return decode_empty<PingReq>("PINGREQ", body, into);
    case 13:
      return decode_empty<PingResp>("PINGRESP", body, into);
    default:
      return decode_empty<Disconnect>("DISCONNECT", body, into);
  }
}

}  // namespace fescue::mqtt
