// Untrusted HTTP. The first byte says in which steps the rest arrives: however it does, the requests that come
// out, or the refusal, must be the same. The same bytes are then a response, a chunked body, a path and a query.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "sys/http/http_parser.h"
#include "sys/http/http_request_reader.h"
#include "sys/http/http_writer.h"

namespace {

using namespace fescue;
using Progress = HttpRequestReader::Progress;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string summary(const HttpRequest& request) {
  std::string text;
  append_request_head(text, request, "host");
  return text + request.body;
}

/// Every request, then "refused" or "more".
std::vector<std::string> read_in_steps(std::string_view wire, std::size_t step) {
  HttpRequestReader reader({512, 4096});
  std::vector<std::string> seen;
  for (;;) {
    const auto progress = reader.advance();
    if (progress == Progress::refused) {
      require(reader.bad().status() >= 400 && !reader.bad().why().empty());
      seen.push_back("refused");
      return seen;
    }
    if (progress == Progress::ready) {
      const auto head = reader.take();
      require(head.request.body.size() <= 4096);
      seen.push_back(summary(head.request));
      continue;
    }
    if (wire.empty()) {
      seen.push_back("more");
      return seen;
    }
    const auto space = reader.space();
    require(!space.empty());
    const auto count = std::min({step, space.size(), wire.size()});
    std::memcpy(space.data(), wire.data(), count);
    reader.filled(count);
    wire.remove_prefix(count);
  }
}

/// A response that we wrote ourselves from what was parsed must be parsed again.
void parse_response(std::string_view bytes) {
  const auto size = HeadScanner().scan(bytes);
  if (!size || *size == 0) return;
  const auto head = parse_response_head(bytes.substr(0, *size), "GET");
  if (!head) return;
  std::string again;
  append_response_head(again, head->response, {"Sun, 06 Nov 1994 08:49:37 GMT", "", ""});
  const auto size_again = HeadScanner().scan(again);
  require(size_again && *size_again == again.size());
  const auto reparsed = parse_response_head(again, "GET");
  // Our own fields come on top, which may be one too many.
  require(reparsed || reparsed.error().status() == 431);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read_in_steps(bytes, bytes.size() + 1);
  const auto split = read_in_steps(bytes, std::size_t(data[0]) + 1);
  require(whole == split);
  parse_response(bytes);
  std::string body;
  ChunkDecoder decoder(4096);
  const auto taken = decoder.decode(bytes, body);
  require(!taken || (*taken <= bytes.size() && body.size() <= 4096));
  if (const auto segments = path_segments(bytes)) require(!segments->empty() || bytes.empty() || bytes == "/");
  (void)parse_query(bytes, PlusMeans::space);
  require(*percent_decode(percent_encode(bytes)) == bytes);
  return 0;
}
