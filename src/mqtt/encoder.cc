// The encoding half of codec.h: packets to bytes, and a PUBLISH that is encoded once for many receivers.
#include <algorithm>

#include "base/assert.h"
#include "mqtt/codec.h"

namespace fescue::mqtt {

namespace {

char low_byte(std::size_t value) { return static_cast<char>(value & 0xff); }

void append_number(std::string& out, std::size_t value) {
  out.push_back(low_byte(value >> 8));
  out.push_back(low_byte(value));
}

void append_string(std::string& out, std::string_view text) {
  FESCUE_ASSERT(text.size() <= 0xffff);
  append_number(out, text.size());
  out.append(text);
}

void append_header(std::string& out, std::uint8_t first_byte, std::size_t length) {
  FESCUE_ASSERT(length <= kMaxRemainingLength);
  out.push_back(static_cast<char>(first_byte));
  for (; length > 127; length >>= 7) out.push_back(static_cast<char>(0x80 | (length & 0x7f)));
  out.push_back(static_cast<char>(length));
}

void append_ack(std::string& out, std::uint8_t first_byte, PacketId packet_id) {
  FESCUE_ASSERT(packet_id != 0);
  const char bytes[] = {static_cast<char>(first_byte), 2, low_byte(packet_id >> 8), low_byte(packet_id)};
  out.append(bytes, sizeof bytes);
}

std::size_t encoded_size(std::string_view text) { return 2 + text.size(); }

std::uint8_t connect_flags(const Connect& packet) {
  unsigned flags = bool(packet.clean_session) ? 0x02 : 0;
  if (packet.will) {
    flags |= 0x04 | static_cast<unsigned>(packet.will->qos) << 3;
    if (bool(packet.will->retain)) flags |= 0x20;
  }
  if (packet.password) flags |= 0x40;
  if (packet.user_name) flags |= 0x80;
  return static_cast<std::uint8_t>(flags);
}

struct Appender {
  std::string& out;

  void operator()(const Connect& packet) const {
    FESCUE_ASSERT(packet.user_name || !packet.password);
    std::size_t length = 10 + encoded_size(packet.client_id);
    if (packet.will) length += encoded_size(packet.will->topic) + encoded_size(packet.will->payload);
    if (packet.user_name) length += encoded_size(*packet.user_name);
    if (packet.password) length += encoded_size(*packet.password);
    append_header(out, 0x10, length);
    append_string(out, "MQTT");
    out.push_back(4);
    out.push_back(static_cast<char>(connect_flags(packet)));
    append_number(out, packet.keep_alive);
    append_string(out, packet.client_id);
    if (packet.will) {
      append_string(out, packet.will->topic);
      append_string(out, packet.will->payload);
    }
    if (packet.user_name) append_string(out, *packet.user_name);
    if (packet.password) append_string(out, *packet.password);
  }

  void operator()(const ConnAck& packet) const {
    append_header(out, 0x20, 2);
    out.push_back(bool(packet.session_present) ? 1 : 0);
    out.push_back(static_cast<char>(packet.code));
  }

  void operator()(const Publish& packet) const {
    append_publish(out, packet.topic, packet.payload, packet.qos, packet.packet_id, packet.dup, packet.retain);
  }

  void operator()(const PubAck& packet) const { append_ack(out, 0x40, packet.packet_id); }
  void operator()(const PubRec& packet) const { append_ack(out, 0x50, packet.packet_id); }
  void operator()(const PubRel& packet) const { append_ack(out, 0x62, packet.packet_id); }
  void operator()(const PubComp& packet) const { append_ack(out, 0x70, packet.packet_id); }

  void operator()(const Subscribe& packet) const {
    FESCUE_ASSERT(packet.packet_id != 0 && !packet.subscriptions.empty());
    std::size_t length = 2;
    for (const RequestedFilter& each : packet.subscriptions) length += encoded_size(each.filter) + 1;
    append_header(out, 0x82, length);
    append_number(out, packet.packet_id);
    for (const RequestedFilter& each : packet.subscriptions) {
      append_string(out, each.filter);
      out.push_back(static_cast<char>(each.qos));
    }
  }

  void operator()(const SubAck& packet) const {
    FESCUE_ASSERT(packet.packet_id != 0 && !packet.codes.empty());
    append_header(out, 0x90, 2 + packet.codes.size());
    append_number(out, packet.packet_id);
    for (const SubscribeCode code : packet.codes) out.push_back(static_cast<char>(code));
  }

  void operator()(const Unsubscribe& packet) const {
    FESCUE_ASSERT(packet.packet_id != 0 && !packet.filters.empty());
    std::size_t length = 2;
    for (const std::string_view filter : packet.filters) length += encoded_size(filter);
    append_header(out, 0xa2, length);
    append_number(out, packet.packet_id);
    for (const std::string_view filter : packet.filters) append_string(out, filter);
  }

  void operator()(const UnsubAck& packet) const { append_ack(out, 0xb0, packet.packet_id); }
  void operator()(const PingReq&) const { append_header(out, 0xc0, 0); }
  void operator()(const PingResp&) const { append_header(out, 0xd0, 0); }
  void operator()(const Disconnect&) const { append_header(out, 0xe0, 0); }
};

}  // namespace

void append_packet(std::string& out, const Packet& packet) { std::visit(Appender{out}, packet); }

void append_publish(std::string& out, std::string_view topic, std::string_view payload, QoS qos, PacketId packet_id,
                    Dup dup, Retain retain) {
  const bool has_id = qos != QoS::at_most_once;
  FESCUE_ASSERT(has_id == (packet_id != 0));
  FESCUE_ASSERT(has_id || !bool(dup));
  unsigned first = 0x30 | static_cast<unsigned>(qos) << 1;
  if (bool(dup)) first |= 8;
  if (bool(retain)) first |= 1;
  append_header(out, static_cast<std::uint8_t>(first), encoded_size(topic) + (has_id ? 2 : 0) + payload.size());
  append_string(out, topic);
  if (has_id) append_number(out, packet_id);
  out.append(payload);
}

void append_puback(std::string& out, PacketId packet_id) { append_ack(out, 0x40, packet_id); }

void PublishFrame::set(std::string_view topic, std::string_view payload, Retain retain) {
  topic_ = topic;
  payload_ = payload;
  retain_ = retain;
  for (std::string& each : encoded_) each.clear();
}

const std::string& PublishFrame::encoded(QoS qos) {
  FESCUE_ASSERT(qos != QoS::exactly_once);
  std::string& frame = encoded_[static_cast<std::size_t>(qos)];
  if (frame.empty()) {
    const PacketId placeholder = qos == QoS::at_most_once ? 0 : 1;
    append_publish(frame, topic_, payload_, qos, placeholder, Dup::no, retain_);
  }
  return frame;
}

std::size_t PublishFrame::size(QoS qos) { return encoded(qos).size(); }

void PublishFrame::append_to(std::string& out, QoS qos, PacketId packet_id) {
  const std::string& frame = encoded(qos);
  out.append(frame);
  if (qos == QoS::at_most_once) return;
  FESCUE_ASSERT(packet_id != 0);
  const std::size_t id_at = out.size() - payload_.size() - 2;
  out[id_at] = low_byte(packet_id >> 8);
  out[id_at + 1] = low_byte(packet_id);
}

}  // namespace fescue::mqtt
