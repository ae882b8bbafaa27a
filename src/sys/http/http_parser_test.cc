// Heads and chunks, good ones and each kind that is refused.
#include "sys/http/http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string lines(std::initializer_list<std::string_view> all) {
  std::string text;
  for (const auto line : all) text.append(line).append("\r\n");
  return text + "\r\n";
}

HttpResult<RequestHead> request(std::initializer_list<std::string_view> all) { return parse_request_head(lines(all)); }

unsigned status_of(std::initializer_list<std::string_view> all) {
  const auto head = request(all);
  return head ? 200 : head.error().status();
}

TEST(RequestHead, KeepsWhatWasSentAsItWasSent) {
  const auto head =
      request({"POST /2016-11-01/functions/arn%3Aaws:lambda:$LATEST?a=b?c HTTP/1.1", "Host: localhost:8000",
               "X-amz-invocationid:  one two \t", "x-amz-client-context:", "Name: \xc3\xa9", "Name: again"});
  ASSERT_TRUE(head) << head.error().why();
  EXPECT_EQ(head->request.method, "POST");
  EXPECT_EQ(head->request.target, "/2016-11-01/functions/arn%3Aaws:lambda:$LATEST?a=b?c");
  EXPECT_THAT(head->request.headers.all(),
              ElementsAre(Pair("Host", "localhost:8000"), Pair("X-amz-invocationid", "one two"),
                          Pair("x-amz-client-context", ""), Pair("Name", "\xc3\xa9"), Pair("Name", "again")));
  EXPECT_TRUE(head->keep_alive);
  EXPECT_EQ(head->body.framing, BodyFraming::none);
}

TEST(RequestHead, NeedsNoHost) { EXPECT_EQ(status_of({"GET /greengrass/discover/thing/t HTTP/1.1"}), 200u); }

TEST(RequestHead, SaysWhetherTheConnectionStays) {
  EXPECT_TRUE(request({"GET / HTTP/1.1"})->keep_alive);
  EXPECT_FALSE(request({"GET / HTTP/1.1", "Connection: close"})->keep_alive);
  EXPECT_FALSE(request({"GET / HTTP/1.1", "Connection: Upgrade , CLOSE"})->keep_alive);
  EXPECT_FALSE(request({"GET / HTTP/1.0"})->keep_alive);
  EXPECT_TRUE(request({"GET / HTTP/1.0", "Connection: Keep-Alive"})->keep_alive);
  EXPECT_EQ(request({"GET / HTTP/1.0"})->minor_version, 0);
}

TEST(RequestHead, PlansTheBody) {
  const auto fixed = request({"POST / HTTP/1.1", "content-length: 12", "Content-Length: 12"});
  EXPECT_EQ(fixed->body.framing, BodyFraming::length);
  EXPECT_EQ(fixed->body.length, 12u);
  EXPECT_EQ(request({"POST / HTTP/1.1", "Transfer-Encoding: Chunked"})->body.framing, BodyFraming::chunked);
  EXPECT_TRUE(request({"PUT / HTTP/1.1", "Expect: 100-Continue", "Content-Length: 1"})->expects_continue);
  EXPECT_FALSE(request({"PUT / HTTP/1.0", "Expect: 100-continue", "Content-Length: 1"})->expects_continue);
}

struct BadRequest {
  unsigned status;
  std::vector<std::string> head;
};

TEST(RequestHead, RefusesWhatIsWrong) {
  const std::string nul("X: a\0b", 6);
  const std::vector<BadRequest> table = {
      {400, {""}},
      {400, {"GET"}},
      {400, {"GET /"}},
      {400, {"GET  / HTTP/1.1"}},
      {400, {" GET / HTTP/1.1"}},
      {400, {"GET / HTTP/1.1 "}},
      {400, {"GET / \tHTTP/1.1"}},
      {400, {"GET\t/\tHTTP/1.1"}},
      {400, {"GET / http/1.1"}},
      {400, {"GET / HTTP/1."}},
      {400, {"GET / HTTP/11.1"}},
      {505, {"GET / HTTP/1.2"}},
      {505, {"GET / HTTP/0.9"}},
      {505, {"GET / HTTP/2.0"}},
      {505, {"PRI * HTTP/2.0"}},
      {400, {"GE(T / HTTP/1.1"}},
      {400, {"GET http://host/ HTTP/1.1"}},
      {400, {"CONNECT host:80 HTTP/1.1"}},
      {400, {"GET * HTTP/1.1"}},
      {400, {"GET /a#b HTTP/1.1"}},
      {400, {"GET /\x01 HTTP/1.1"}},
      {400, {"GET /\xc3\xa9 HTTP/1.1"}},
      {400, {"GET /a b HTTP/1.1"}},
      {400, {"GET / HTTP/1.1", "no colon"}},
      {400, {"GET / HTTP/1.1", ": no name"}},
      {400, {"GET / HTTP/1.1", "Space : before colon"}},
      {400, {"GET / HTTP/1.1", "Na me: x"}},
      {400, {"GET / HTTP/1.1", "Name\x80: x"}},
      {400, {"GET / HTTP/1.1", " leading: fold"}},
      {400, {"GET / HTTP/1.1", "X: a", "\tfolded"}},
      {400, {"GET / HTTP/1.1", "X: a\rb"}},
      {400, {"GET / HTTP/1.1", "X: a\x7f"}},
      {400, {"GET / HTTP/1.1", "X: a\x01"}},
      {400, {"GET / HTTP/1.1", nul}},
      {400, {"GET / HTTP/1.1", "Host: a", "host: a"}},
      {400, {"POST / HTTP/1.1", "Content-Length: "}},
      {400, {"POST / HTTP/1.1", "Content-Length: -1"}},
      {400, {"POST / HTTP/1.1", "Content-Length: +1"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 0x10"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 1 2"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 1, 1"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 99999999999999999999"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 1", "Content-Length: 2"}},
      {400, {"POST / HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"}},
      {400, {"POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 0"}},
      {400, {"POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}},
      {400, {"POST / HTTP/1.0", "Transfer-Encoding: chunked"}},
      {501, {"POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked"}},
      {501, {"POST / HTTP/1.1", "Transfer-Encoding: identity"}},
      {501, {"POST / HTTP/1.1", "Transfer-Encoding: chunked, "}},
      {501, {"POST / HTTP/1.1", "Transfer-Encoding:"}},
      {417, {"POST / HTTP/1.1", "Expect: miracles"}},
  };
  for (const auto& bad : table) {
    std::string text;
    for (const auto& line : bad.head) text += line + "\r\n";
    SCOPED_TRACE(text);
    const auto head = parse_request_head(text + "\r\n");
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().status(), bad.status) << head.error().why();
    EXPECT_NE(head.error().why(), "");
  }
}

TEST(RequestHead, HasABoundedNumberOfFields) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < kMaxHttpFields; ++i) text += "A:\r\n";
  EXPECT_TRUE(parse_request_head(text + "\r\n"));
  EXPECT_EQ(parse_request_head(text + "A:\r\n\r\n").error().status(), 431u);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const std::string text = "GET / HTTP/1.1\r\nA: b\r\n\r\nbody\n";
  const std::size_t end = text.size() - 5;
  EXPECT_EQ(*HeadScanner().scan(text), end);
  HeadScanner scanner;
  for (std::size_t size = 0; size < end; ++size) EXPECT_EQ(*scanner.scan(text.substr(0, size)), 0u);
  EXPECT_EQ(*scanner.scan(text), end);
}

TEST(HeadScanner, RefusesBareLineFeeds) {
  EXPECT_FALSE(HeadScanner().scan("\n"));
  EXPECT_FALSE(HeadScanner().scan("GET / HTTP/1.1\n\n"));
  EXPECT_FALSE(HeadScanner().scan("GET / HTTP/1.1\r\nA: b\n"));
  EXPECT_FALSE(HeadScanner().scan("GET / HTTP/1.1\r\n\n"));
}

TEST(RequestStart, RefusesWhatCannotBecomeARequest) {
  for (const char* fine : {"", "G", "GET /some/wh", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHo"}) {
    EXPECT_TRUE(check_request_start(fine)) << fine;
  }
  for (const char* bad : {"\x16\x03\x01", "GET /\r\n", "\r\r", " ", "GET \x01"}) {
    EXPECT_FALSE(check_request_start(bad)) << bad;
  }
}

TEST(ResponseHead, PlansTheBody) {
  const auto plan = [](std::initializer_list<std::string_view> all, std::string_view method = "GET") {
    const auto head = parse_response_head(lines(all), method);
    EXPECT_TRUE(head) << head.error().why();
    return std::pair(head->body.framing, head->keep_alive);
  };
  EXPECT_EQ(plan({"HTTP/1.1 200 OK", "Content-Length: 5"}), std::pair(BodyFraming::length, true));
  EXPECT_EQ(plan({"HTTP/1.1 200 OK", "Content-Length: 5"}, "HEAD"), std::pair(BodyFraming::none, true));
  EXPECT_EQ(plan({"HTTP/1.1 204 "}), std::pair(BodyFraming::none, true));
  EXPECT_EQ(plan({"HTTP/1.1 100 Continue"}), std::pair(BodyFraming::none, true));
  EXPECT_EQ(plan({"HTTP/1.1 200"}), std::pair(BodyFraming::until_close, false));
  EXPECT_EQ(plan({"HTTP/1.0 200 OK", "Content-Length: 5"}), std::pair(BodyFraming::length, false));
  EXPECT_EQ(plan({"HTTP/1.1 500 x", "Transfer-Encoding: chunked"}), std::pair(BodyFraming::chunked, true));
}

TEST(ResponseHead, RefusesWhatIsWrong) {
  for (const char* bad : {"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 099 x",
                          "HTTP/1.1x200 OK", "HTTP/2.0 200 OK", "ICY 200 OK", "HTTP/1.1 +20 OK"}) {
    EXPECT_FALSE(parse_response_head(lines({bad}), "GET")) << bad;
  }
}

TEST(ChunkDecoder, DecodesHoweverTheBytesArrive) {
  const std::string wire = "5;name=\"v\"\r\nhello\r\nB \r\n, the world\r\n000\r\nTrailer: x\r\n\r\n";
  const std::string text = wire + "next";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ChunkDecoder decoder(100);
    std::string body, pending;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < text.size() && !decoder.done(); at += step) {
      pending += text.substr(at, step);
      const auto now = decoder.decode(pending, body);
      ASSERT_TRUE(now) << now.error().why();
      pending.erase(0, *now);
      taken += *now;
    }
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(taken, wire.size());
    EXPECT_EQ(body, "hello, the world");
  }
}

TEST(ChunkDecoder, RefusesWhatIsWrong) {
  const auto refused = [](const std::string& text) {
    std::string body;
    const auto taken = ChunkDecoder(100).decode(text, body);
    return taken ? 0 : taken.error().status();
  };
  EXPECT_EQ(refused("5\nhello\r\n"), 400u);
  EXPECT_EQ(refused("\r\n"), 400u);
  EXPECT_EQ(refused("\n"), 400u);
  EXPECT_EQ(refused("g\r\n"), 400u);
  EXPECT_EQ(refused("-1\r\n"), 400u);
  EXPECT_EQ(refused("0x5\r\n"), 400u);
  EXPECT_EQ(refused("5 5\r\n"), 400u);
  EXPECT_EQ(refused("5\r\nhello!\r\n"), 400u);
  EXPECT_EQ(refused("5\r\nhello\n"), 400u);
  EXPECT_EQ(refused("5;\x01\r\n"), 400u);
  EXPECT_EQ(refused("10000000000000000\r\n"), 400u);
  EXPECT_EQ(refused("FFFFFFFFFFFFFFFF\r\n"), 413u);
  EXPECT_EQ(refused("65\r\n"), 413u);
  EXPECT_EQ(refused("64\r\n" + std::string(100, 'x') + "\r\n1\r\n"), 413u);
  EXPECT_EQ(refused(std::string(ChunkDecoder::kMaxLine, '0')), 400u);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 10; ++i) trailers += "T: " + std::string(900, 'x') + "\r\n";
  EXPECT_EQ(refused(trailers), 431u);
}

}  // namespace
}  // namespace fescue
