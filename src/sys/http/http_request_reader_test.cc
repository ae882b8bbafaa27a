// Requests that arrive in every partition of their bytes.
#include "sys/http/http_request_reader.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using Progress = HttpRequestReader::Progress;
using testing::ElementsAre;

/// What a connection does: gives `wire` in steps and takes requests; "METHOD target body" each, or the status refused.
std::vector<std::string> read_all(std::string_view wire, std::size_t step, HttpRequestReader::Limits limits) {
  HttpRequestReader reader(limits);
  std::vector<std::string> seen;
  for (;;) {
    const auto progress = reader.advance();
    if (progress == Progress::refused) {
      seen.push_back(std::to_string(reader.bad().status()));
      return seen;
    }
    if (progress == Progress::ready) {
      const auto head = reader.take();
      seen.push_back(head.request.method + " " + head.request.target + " " + head.request.body);
      continue;
    }
    if (reader.take_continue()) seen.push_back("continue");
    if (wire.empty()) {
      if (progress != Progress::idle) seen.push_back("incomplete");
      return seen;
    }
    const auto space = reader.space();
    EXPECT_FALSE(space.empty());
    const auto count = std::min({step, space.size(), wire.size()});
    std::memcpy(space.data(), wire.data(), count);
    reader.filled(count);
    wire.remove_prefix(count);
  }
}

constexpr HttpRequestReader::Limits kLimits{200, 1000};

TEST(HttpRequestReader, FindsRequestsHoweverTheBytesArrive) {
  const std::string wire =
      "GET /a HTTP/1.1\r\n\r\n"
      "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\r\n"
      "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n"
      "POST /d HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
      "HEAD /e HTTP/1.1\r\n\r\n";
  for (std::size_t step = 1; step < 100; ++step) {
    auto seen = read_all(wire, step, kLimits);
    std::erase(seen, "continue");
    EXPECT_THAT(seen, ElementsAre("GET /a ", "POST /b hello", "PUT /c one two", "POST /d ", "HEAD /e ")) << step;
  }
}

TEST(HttpRequestReader, AsksForAContinuationOnlyWhileTheBodyIsMissing) {
  const std::string head = "PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_THAT(read_all(head + "ab", head.size(), kLimits), ElementsAre("continue", "PUT / ab"));
  EXPECT_THAT(read_all(head + "ab", head.size() + 2, kLimits), ElementsAre("PUT / ab"));
}

TEST(HttpRequestReader, ReadsBodiesOfEverySizeUpToTheLimit) {
  constexpr std::size_t big = 1'000'000;
  for (const std::size_t size : {std::size_t(1), std::size_t(4000), std::size_t(4096), std::size_t(100'000), big}) {
    const auto body = std::string(size, 'x');
    const auto wire = "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body;
    for (const std::size_t step : {std::size_t(1000), std::size_t(70'000), wire.size()}) {
      EXPECT_THAT(read_all(wire + "GET /n HTTP/1.1\r\n\r\n", step, {200, big}),
                  ElementsAre("POST / " + body, "GET /n "));
    }
  }
}

TEST(HttpRequestReader, RefusesWhatIsTooLarge) {
  EXPECT_THAT(read_all("GET /" + std::string(300, 'a') + " HTTP/1.1\r\n\r\n", 1000, kLimits), ElementsAre("431"));
  EXPECT_THAT(read_all("GET /" + std::string(300, 'a'), 1, kLimits), ElementsAre("431"));
  EXPECT_THAT(read_all("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 1000, kLimits), ElementsAre("413"));
  EXPECT_THAT(read_all("POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n", 1000, kLimits),
              ElementsAre("413"));
  EXPECT_THAT(read_all("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n", 1000, kLimits),
              ElementsAre("413"));
}

TEST(HttpRequestReader, ALimitAboveTheFirstBufferIsUsable) {
  const std::string long_target = "/" + std::string(14'000, 'a');
  EXPECT_THAT(read_all("GET " + long_target + " HTTP/1.1\r\n\r\n", 100, {16'384, 0}),
              ElementsAre("GET " + long_target + " "));
}

TEST(HttpRequestReader, DoesNotBelieveInAnnouncedMemory) {
  HttpRequestReader reader({1000, std::size_t(1) << 40});
  const std::string_view wire = "POST / HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n";
  std::memcpy(reader.space().data(), wire.data(), wire.size());
  reader.filled(wire.size());
  EXPECT_EQ(reader.advance(), Progress::body);
  EXPECT_LE(reader.space().size(), 100'000u);
}

TEST(HttpRequestReader, StopsReadingAheadWhenFull) {
  HttpRequestReader reader(kLimits);
  std::size_t total = 0;
  for (auto space = reader.space(); !space.empty(); space = reader.space()) {
    std::fill(space.begin(), space.end(), 'x');
    reader.filled(space.size());
    total += space.size();
  }
  EXPECT_LE(total, 8192u);
  EXPECT_TRUE(reader.has_leftover());
}

}  // namespace
}  // namespace fescue
