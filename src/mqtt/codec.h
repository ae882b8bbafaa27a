// MQTT 3.1.1 on the wire: an incremental decoder and functions that append encoded packets to a string.
//
// The decoder owns the buffer that the socket reads into, so a PUBLISH is handed out as views and never copied:
//
//   std::span<char> room = decoder.prepare();   // invalidates the views of earlier packets
//   decoder.commit(read(fd, room));
//   for (;;) {
//     FESCUE_TRY(packet, decoder.next());       // an error is final: the connection must be closed
//     if (!packet) break;                       // more bytes are needed
//     ...
//   }
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mqtt/packet.h"
#include "mqtt/read_buffer.h"

namespace fescue::mqtt {

/// What a remaining length may be at most: a payload of 128 KiB (AWS IoT, V1), a topic of 256 bytes, their headers.
inline constexpr std::size_t kDefaultMaxRemainingLength = 128 * 1024 + 256 + 4;
inline constexpr std::size_t kMaxRemainingLength = 268'435'455;  // [2.2.3]

class Decoder {
 public:
  explicit Decoder(std::size_t max_remaining_length = kDefaultMaxRemainingLength);

  /// Where the next bytes go; commit() says how many came.
  std::span<char> prepare();
  void commit(std::size_t bytes) { buffer_.commit(bytes); }
  /// Nothing comes for a while: no buffer is held unless a part of a packet is in it. Views end as with prepare().
  void rest();
  /// prepare, copy and commit, for callers that have the bytes already.
  void feed(std::string_view bytes);

  /// The next packet, good until prepare(), feed() or next(); null when more bytes are needed. Error: invalid_argument
  /// for a malformed packet, too_large above the limit, unimplemented for a CONNECT of another version of MQTT (to be
  /// answered with unacceptable_protocol). Every later call repeats it.
  Result<const Packet*> next();

  std::size_t buffered() const { return buffer_.unread().size(); }
  std::size_t buffer_capacity() const { return buffer_.capacity(); }

 private:
  void release_packet();
  Result<const Packet*> fail(Error error);

  ReadBuffer buffer_;
  std::size_t max_remaining_length_;
  std::size_t needed_ = 0;    // bytes of the packet at the front, header included; 0 while unknown
  std::size_t consumed_ = 0;  // bytes of the packet handed out last
  Packet packet_;
  std::optional<Error> failure_;
};

/// Appends one encoded packet. The caller vouches for the values: strings of at most 65535 bytes, QoS and packet id in
/// agreement, lists not empty (checked by assertion). Text is not checked for UTF-8.
void append_packet(std::string& out, const Packet& packet);

/// The hot path of append_packet.
void append_publish(std::string& out, std::string_view topic, std::string_view payload, QoS qos, PacketId packet_id,
                    Dup dup, Retain retain);
void append_puback(std::string& out, PacketId packet_id);

/// One message for many receivers: encoded at most once for each QoS, then only copied and given its packet id.
class PublishFrame {
 public:
  /// Starts a new message; views stay borrowed until the next set().
  void set(std::string_view topic, std::string_view payload, Retain retain = Retain::no);
  std::size_t size(QoS qos);
  void append_to(std::string& out, QoS qos, PacketId packet_id);

 private:
  const std::string& encoded(QoS qos);

  std::string_view topic_, payload_;
  Retain retain_ = Retain::no;
  std::string encoded_[2];
};

}  // namespace fescue::mqtt
