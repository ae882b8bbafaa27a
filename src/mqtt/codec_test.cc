// Bytes of each packet both ways, split at every place, and each malformed packet with its error.
#include "mqtt/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::mqtt {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string encoded(const Packet& packet) {
  std::string out;
  append_packet(out, packet);
  return out;
}

/// A valid packet of each kind and its bytes, written by hand from the specification.
struct PacketVector {
  Packet packet;
  std::string bytes;
};

std::vector<PacketVector> vectors() {
  return {
      {Connect{.client_id = "ab"}, "\x10\x0e\x00\x04MQTT\x04\x02\x00\x00\x00\x02"s + "ab"},
      {Connect{.client_id = "",
               .clean_session = CleanSession::no,
               .keep_alive = 0x1234,
               .will = Will{"w/t", "bye", QoS::at_least_once, Retain::yes},
               .user_name = "me",
               .password = "\x00\x01"s},
       "\x10\x1e\x00\x04MQTT\x04\xec\x12\x34\x00\x00\x00\x03w/t\x00\x03"s + "bye\x00\x02me\x00\x02\x00\x01"s},
      {ConnAck{SessionPresent::yes, ConnectCode::accepted}, "\x20\x02\x01\x00"s},
      {ConnAck{SessionPresent::no, ConnectCode::not_authorized}, "\x20\x02\x00\x05"s},
      {Publish{.topic = "a/b", .payload = "hi"}, "\x30\x07\x00\x03"s + "a/bhi"},
      {Publish{.topic = "a", .payload = ""}, "\x30\x03\x00\x01"s + "a"},
      {Publish{.topic = "a",
               .payload = "x",
               .qos = QoS::at_least_once,
               .packet_id = 0x0102,
               .dup = Dup::yes,
               .retain = Retain::yes},
       "\x3b\x06\x00\x01"s + "a\x01\x02x"},
      {Publish{.topic = "a", .payload = "x", .qos = QoS::exactly_once, .packet_id = 0xffff},
       "\x34\x06\x00\x01"s + "a\xff\xffx"},
      {PubAck{7}, "\x40\x02\x00\x07"s},
      {PubRec{7}, "\x50\x02\x00\x07"s},
      {PubRel{7}, "\x62\x02\x00\x07"s},
      {PubComp{7}, "\x70\x02\x00\x07"s},
      {Subscribe{9, {{"a/+", QoS::at_least_once}, {"#", QoS::exactly_once}}},
       "\x82\x0c\x00\x09\x00\x03"s + "a/+\x01\x00\x01#\x02"s},
      {SubAck{9, {SubscribeCode::granted_qos1, SubscribeCode::refused}}, "\x90\x04\x00\x09\x01\x80"s},
      {Unsubscribe{9, {"a/+", "b"}}, "\xa2\x0a\x00\x09\x00\x03"s + "a/+\x00\x01"s + "b"},
      {UnsubAck{9}, "\xb0\x02\x00\x09"s},
      {PingReq{}, "\xc0\x00"s},
      {PingResp{}, "\xd0\x00"s},
      {Disconnect{}, "\xe0\x00"s},
  };
}

TEST(Codec, EncodesByteForByte) {
  for (const PacketVector& each : vectors()) EXPECT_EQ(encoded(each.packet), each.bytes) << name_of(each.packet);
}

TEST(Codec, DecodesWhatItEncodes) {
  for (const PacketVector& each : vectors()) {
    Decoder decoder;
    decoder.feed(each.bytes);
    const auto packet = decoder.next();
    ASSERT_TRUE(packet) << packet.error().message();
    ASSERT_NE(*packet, nullptr);
    EXPECT_EQ((*packet)->index(), each.packet.index());
    EXPECT_EQ(encoded(**packet), each.bytes);
    EXPECT_EQ(*decoder.next(), nullptr);
  }
}

TEST(Codec, DecodesEveryFieldOfConnect) {
  Decoder decoder;
  decoder.feed(vectors()[1].bytes);
  const auto& connect = std::get<Connect>(**decoder.next());
  EXPECT_EQ(connect.client_id, "");
  EXPECT_EQ(connect.clean_session, CleanSession::no);
  EXPECT_EQ(connect.keep_alive, 0x1234);
  ASSERT_TRUE(connect.will);
  EXPECT_EQ(connect.will->topic, "w/t");
  EXPECT_EQ(connect.will->payload, "bye");
  EXPECT_EQ(connect.will->qos, QoS::at_least_once);
  EXPECT_EQ(connect.will->retain, Retain::yes);
  EXPECT_EQ(connect.user_name, "me");
  EXPECT_EQ(connect.password, "\x00\x01"s);
}

TEST(Codec, SplitAtEveryByteBoundary) {
  std::string all;
  for (const PacketVector& each : vectors()) all += each.bytes;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    Decoder decoder;
    std::string again;
    for (const std::string_view part : {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)}) {
      decoder.feed(part);
      for (auto packet = decoder.next(); packet.value(); packet = decoder.next()) append_packet(again, **packet);
    }
    ASSERT_EQ(again, all) << "cut at " << cut;
  }
}

TEST(Codec, OneByteAtATime) {
  for (const PacketVector& each : vectors()) {
    Decoder decoder;
    for (std::size_t i = 0; i < each.bytes.size(); ++i) {
      decoder.feed(each.bytes.substr(i, 1));
      const auto packet = decoder.next();
      ASSERT_TRUE(packet);
      ASSERT_EQ(*packet != nullptr, i + 1 == each.bytes.size());
    }
  }
}

TEST(Codec, RemainingLengthOfEverySize) {
  for (const std::size_t size : {0u, 100u, 124u, 125u, 16'380u, 16'381u, 131'072u}) {
    const std::string payload(size, 'p');
    const std::string bytes = encoded(Publish{.topic = "a", .payload = payload});
    Decoder decoder;
    decoder.feed(bytes);
    const auto packet = decoder.next();
    ASSERT_TRUE(packet);
    EXPECT_EQ(std::get<Publish>(**packet).payload, payload);
  }
}

TEST(Codec, LimitIsExact) {
  Decoder decoder(100);
  decoder.feed(encoded(Publish{.topic = "a", .payload = std::string(97, 'p')}));
  EXPECT_NE(*decoder.next(), nullptr);
  decoder.feed("\x30\x65");  // refused before its body comes
  EXPECT_EQ(decoder.next().error(), Error(Code::too_large, "a packet of 101 bytes is over the limit of 100"));
}

struct Malformed {
  std::string bytes;
  std::string complaint;
};

const Malformed kMalformed[] = {
    {"\x00\x00"s, "packet type 0 is reserved"},
    {"\xf0\x00"s, "packet type 15 is reserved"},
    {"\x11\x00"s, "packet type 1 has flags 1; they must be 0"},
    {"\x80\x00"s, "packet type 8 has flags 0; they must be 2"},
    {"\x60\x02"s, "packet type 6 has flags 0; they must be 2"},
    {"\xa3\x02"s, "packet type 10 has flags 3; they must be 2"},
    {"\x30\xff\xff\xff\xff"s, "the remaining length has more than 4 bytes"},
    // CONNECT
    {"\x10\x00"s, "CONNECT: ends inside its protocol name"},
    {"\x10\x06\x00\x04MQTX"s, "CONNECT: protocol name is not MQTT"},
    {"\x10\x07\x00\x04MQTT\x05"s, "CONNECT: protocol MQTT level 5; only MQTT 3.1.1 (level 4) is spoken"},
    {"\x10\x09\x00\x06MQIsdp\x03"s, "CONNECT: protocol MQIsdp level 3; only MQTT 3.1.1 (level 4) is spoken"},
    {"\x10\x08\x00\x04MQTT\x04\x03"s, "CONNECT: connect flags have the reserved bit set"},
    {"\x10\x08\x00\x04MQTT\x04\x1e"s, "CONNECT: will has QoS 3"},
    {"\x10\x08\x00\x04MQTT\x04\x0a"s, "CONNECT: connect flags describe a will that is absent"},
    {"\x10\x08\x00\x04MQTT\x04\x22"s, "CONNECT: connect flags describe a will that is absent"},
    {"\x10\x08\x00\x04MQTT\x04\x42"s, "CONNECT: connect flags have a password without a user name"},
    {"\x10\x09\x00\x04MQTT\x04\x02\x00"s, "CONNECT: ends inside its keep-alive"},
    {"\x10\x0a\x00\x04MQTT\x04\x02\x00\x00"s, "CONNECT: ends inside its client id"},
    {"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x02"s + "a", "CONNECT: ends inside its client id"},
    {"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01\xff"s, "CONNECT: client id is not UTF-8"},
    {"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01\x00"s, "CONNECT: client id contains NUL"},
    {"\x10\x0e\x00\x04MQTT\x04\x02\x00\x00\x00\x01"s + "ab", "CONNECT: 1 bytes too many"},
    {"\x10\x0f\x00\x04MQTT\x04\x06\x00\x00\x00\x00\x00\x01+"s, "CONNECT: will topic contains a wildcard"},
    {"\x10\x0f\x00\x04MQTT\x04\x06\x00\x00\x00\x00\x00\x01w"s, "CONNECT: ends inside its will payload"},
    {"\x10\x0c\x00\x04MQTT\x04\x82\x00\x00\x00\x00"s, "CONNECT: ends inside its user name"},
    {"\x10\x0e\x00\x04MQTT\x04\xc2\x00\x00\x00\x00\x00\x00"s, "CONNECT: ends inside its password"},
    // CONNACK
    {"\x20\x01\x00"s, "CONNACK: ends inside its return code"},
    {"\x20\x02\x02\x00"s, "CONNACK: flags have reserved bits set"},
    {"\x20\x02\x00\x06"s, "CONNACK: return code 6 is not defined"},
    {"\x20\x02\x01\x05"s, "CONNACK: session present is set in a refusal"},
    {"\x20\x03\x00\x00\x00"s, "CONNACK: 1 bytes too many"},
    // PUBLISH
    {"\x36\x00"s, "PUBLISH: QoS is 3"},
    {"\x38\x00"s, "PUBLISH: DUP is set at QoS 0"},
    {"\x30\x01\x00"s, "PUBLISH: ends inside its topic"},
    {"\x30\x02\x00\x01"s, "PUBLISH: ends inside its topic"},
    {"\x30\x02\x00\x00"s, "PUBLISH: topic is empty"},
    {"\x30\x05\x00\x03"s + "a/+", "PUBLISH: topic contains a wildcard"},
    {"\x30\x05\x00\x03"s + "a/#", "PUBLISH: topic contains a wildcard"},
    {"\x30\x05\x00\x03"s + "a\x00"s + "b", "PUBLISH: topic contains NUL"},
    {"\x30\x05\x00\x03\xed\xa0\x80"s, "PUBLISH: topic is not UTF-8"},
    {"\x32\x05\x00\x01"s + "a\x00\x00"s, "PUBLISH: packet id is 0"},
    {"\x32\x04\x00\x01"s + "a\x01", "PUBLISH: ends inside its packet id"},
    // acknowledgements
    {"\x40\x00"s, "PUBACK: ends inside its packet id"},
    {"\x40\x02\x00\x00"s, "PUBACK: packet id is 0"},
    {"\x40\x03\x00\x01\x00"s, "PUBACK: 1 bytes too many"},
    {"\x62\x01\x00"s, "PUBREL: ends inside its packet id"},
    {"\xb0\x02\x00\x00"s, "UNSUBACK: packet id is 0"},
    // SUBSCRIBE, SUBACK, UNSUBSCRIBE
    {"\x82\x02\x00\x01"s, "SUBSCRIBE: has no filter"},
    {"\x82\x06\x00\x00\x00\x01"s + "a\x00"s, "SUBSCRIBE: packet id is 0"},
    {"\x82\x05\x00\x01\x00\x01"s + "a", "SUBSCRIBE: ends inside its requested QoS"},
    {"\x82\x06\x00\x01\x00\x01"s + "a\x03", "SUBSCRIBE: requested QoS is 3"},
    {"\x82\x06\x00\x01\x00\x01"s + "a\x04", "SUBSCRIBE: requested QoS has reserved bits set"},
    {"\x82\x05\x00\x01\x00\x00\x00"s, "SUBSCRIBE: filter is empty"},
    {"\x82\x08\x00\x01\x00\x03"s + "a+b\x00"s, "SUBSCRIBE: filter has a wildcard that does not fill a level"},
    {"\x82\x08\x00\x01\x00\x03"s + "#/a\x00"s, "SUBSCRIBE: filter has a wildcard that does not fill a level"},
    {"\x82\x08\x00\x01\x00\x03"s + "a/\xff\x00"s, "SUBSCRIBE: filter is not UTF-8"},
    {"\x90\x02\x00\x01"s, "SUBACK: has no return code"},
    {"\x90\x03\x00\x01\x03"s, "SUBACK: return code 0x03 is not defined"},
    {"\xa2\x02\x00\x01"s, "UNSUBSCRIBE: has no filter"},
    {"\xa2\x05\x00\x01\x00\x02"s + "a", "UNSUBSCRIBE: ends inside its filter"},
    // empty ones
    {"\xc0\x01\x00"s, "PINGREQ: 1 bytes too many"},
    {"\xd0\x01\x00"s, "PINGRESP: 1 bytes too many"},
    {"\xe0\x01\x00"s, "DISCONNECT: 1 bytes too many"},
};

TEST(Codec, MalformedPacketsGetPreciseErrors) {
  for (const Malformed& each : kMalformed) {
    Decoder decoder;
    decoder.feed(each.bytes);
    const auto packet = decoder.next();
    ASSERT_FALSE(packet) << each.complaint;
    EXPECT_THAT(packet.error().message(), testing::StartsWith(each.complaint));
    EXPECT_EQ(decoder.next().error(), packet.error()) << "the error stays";
  }
}

TEST(Codec, MalformedPacketsSplitAtEveryByte) {
  for (const Malformed& each : kMalformed) {
    Decoder decoder;
    bool failed = false;
    for (const char byte : each.bytes) {
      decoder.feed(std::string_view(&byte, 1));
      failed = !decoder.next();
    }
    EXPECT_TRUE(failed) << each.complaint;
  }
}

TEST(Codec, OnlyAnotherVersionIsUnimplemented) {
  for (const Malformed& each : kMalformed) {
    Decoder decoder;
    decoder.feed(each.bytes);
    const bool other_version = each.complaint.find("only MQTT 3.1.1") != std::string::npos;
    EXPECT_EQ(decoder.next().error().code(), other_version ? Code::unimplemented : Code::invalid_argument);
  }
}

TEST(Codec, FrameIsThePublishWithItsOwnIdForEachReceiver) {
  PublishFrame frame;
  for (const std::string& payload : {""s, "payload"s, std::string(300, 'x')}) {
    frame.set("some/topic", payload);
    std::string out = "before";
    frame.append_to(out, QoS::at_least_once, 0x0102);
    frame.append_to(out, QoS::at_most_once, 0);
    frame.append_to(out, QoS::at_least_once, 0xfffe);
    std::string expected = "before";
    append_publish(expected, "some/topic", payload, QoS::at_least_once, 0x0102, Dup::no, Retain::no);
    append_publish(expected, "some/topic", payload, QoS::at_most_once, 0, Dup::no, Retain::no);
    append_publish(expected, "some/topic", payload, QoS::at_least_once, 0xfffe, Dup::no, Retain::no);
    EXPECT_EQ(out, expected);
    EXPECT_EQ(frame.size(QoS::at_most_once) + 2, frame.size(QoS::at_least_once));
  }
}

}  // namespace
}  // namespace fescue::mqtt
