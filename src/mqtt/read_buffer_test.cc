// How the buffer follows the traffic, and that nothing unread is lost.
#include "mqtt/read_buffer.h"

#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace fescue::mqtt {
namespace {

/// Reads as a socket does: as much as there is room for, of `bytes`; returns how much.
std::size_t fill(ReadBuffer& buffer, std::string_view bytes, std::size_t packet_bytes = 0) {
  const auto room = buffer.prepare(packet_bytes);
  const std::size_t step = std::min(room.size(), bytes.size());
  std::memcpy(room.data(), bytes.data(), step);
  buffer.commit(step);
  return step;
}

TEST(ReadBuffer, KeepsWhatIsUnread) {
  ReadBuffer buffer;
  fill(buffer, "hello");
  buffer.consume(2);
  fill(buffer, " there");
  EXPECT_EQ(buffer.unread(), "llo there");
}

TEST(ReadBuffer, RestingItKeepsWhatIsUnreadAndItsSize) {
  ReadBuffer buffer;
  fill(buffer, "hello");
  buffer.consume(2);
  buffer.rest();
  EXPECT_EQ(buffer.unread(), "llo");
  buffer.consume(3);
  const std::size_t size = buffer.capacity();
  buffer.rest();
  EXPECT_EQ(buffer.unread(), "");
  EXPECT_EQ(buffer.unread().data(), nullptr);
  fill(buffer, "again");
  EXPECT_EQ(buffer.unread(), "again");
  EXPECT_EQ(buffer.capacity(), size);
}

TEST(ReadBuffer, GrowsWithBulkAndShrinksAgain) {
  ReadBuffer buffer;
  const std::string bulk(100'000, 'x');
  fill(buffer, "x");
  buffer.consume(1);
  const std::size_t small = buffer.capacity();
  EXPECT_LE(small, 4096u);
  for (int i = 0; i < 6; ++i) buffer.consume(fill(buffer, bulk));
  EXPECT_EQ(buffer.capacity(), 64u * 1024);
  for (int i = 0; i < 20; ++i) buffer.consume(fill(buffer, "x"));
  EXPECT_EQ(buffer.capacity(), small);
}

TEST(ReadBuffer, GrowsBeyondBulkOnlyForAPacketAndOnlyAsItArrives) {
  ReadBuffer buffer;
  const std::string packet(130'000, 'p');
  fill(buffer, "p", packet.size());
  EXPECT_LE(buffer.capacity(), 4096u);  // a length was announced, one byte came
  std::string_view rest(packet);
  rest.remove_prefix(1);
  while (!rest.empty()) rest.remove_prefix(fill(buffer, rest, packet.size()));
  EXPECT_EQ(buffer.unread(), packet);
  EXPECT_EQ(buffer.capacity(), packet.size());
}

TEST(ReadBuffer, AFullBufferOfUnreadBytesStillGetsRoom) {
  ReadBuffer buffer;
  const std::string bulk(1'000'000, 'x');
  for (std::size_t total = 0; total < 64 * 1024;) {
    const std::size_t got = fill(buffer, bulk, 70'000);
    ASSERT_GT(got, 0u);
    total += got;
  }
  EXPECT_GT(buffer.prepare(70'000).size(), 0u);
}

}  // namespace
}  // namespace fescue::mqtt
