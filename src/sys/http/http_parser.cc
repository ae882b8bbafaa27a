// Lines, fields, targets and chunks by RFC 9112, each refusal with its status.
#include "sys/http/http_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text/parse_number.h"

namespace fescue {
namespace {

constexpr std::size_t kMaxTrailers = 4096;
constexpr std::size_t kUsualFields = 8;

// Classes of bytes (RFC 9110 5.5, 5.6.2).
constexpr std::uint8_t kToken = 1;   // methods and field names
constexpr std::uint8_t kTarget = 2;  // a request target: visible ASCII, no fragment
constexpr std::uint8_t kValue = 4;   // field values: visible, space, tab, and bytes above ASCII

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0x21; c < 0x7f; ++c) classes[c] = kToken | kTarget | kValue;
  for (const unsigned char c : std::string_view("\"(),/:;<=>?@[\\]{}")) classes[c] = kTarget | kValue;
  classes['#'] = kToken | kValue;
  classes[' '] = classes['\t'] = kValue;
  for (unsigned c = 0x80; c < 0x100; ++c) classes[c] = kValue;
  return classes;
}
constexpr auto kClasses = make_classes();

bool all_are(std::string_view text, std::uint8_t wanted) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return kClasses[static_cast<std::uint8_t>(c)] & wanted; });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

BadHttp bad(std::string why) { return BadHttp(400, std::move(why)); }

/// Takes the line at the front of `text`, without its CR LF. The caller knows that there is one.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find("\r\n"), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

/// The minor version of "HTTP/1.x".
HttpResult<int> parse_version(std::string_view text) {
  if (text == "HTTP/1.1") return 1;
  if (text == "HTTP/1.0") return 0;
  const bool looks_right = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.';
  if (!looks_right) return bad("malformed HTTP version");
  return BadHttp(505, "this HTTP version is not supported");
}

/// What the fields that concern the connection say, gathered while the fields are read.
struct ConnectionFields {
  std::optional<std::uint64_t> content_length;
  bool chunked = false, close = false, keep_alive = false, host = false, expects_continue = false;
};

HttpResult<void> note_content_length(std::string_view value, ConnectionFields& into) {
  const auto length = parse_number<std::uint64_t>(value);
  if (!length) return bad("malformed Content-Length");
  if (into.content_length && into.content_length != length) return bad("two different Content-Length fields");
  into.content_length = length;
  return {};
}

HttpResult<void> note_transfer_encoding(std::string_view value, ConnectionFields& into) {
  if (into.chunked) return bad("repeated Transfer-Encoding");
  if (!iequals(value, "chunked")) return BadHttp(501, "only the transfer coding 'chunked' is supported");
  into.chunked = true;
  return {};
}

void note_connection(std::string_view value, ConnectionFields& into) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    const auto option = trimmed(value.substr(0, comma));
    if (iequals(option, "close")) into.close = true;
    if (iequals(option, "keep-alive")) into.keep_alive = true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

HttpResult<void> note_field(std::string_view name, std::string_view value, ConnectionFields& into) {
  switch (name.size()) {
    case 4:
      if (!iequals(name, "host")) break;
      if (into.host) return bad("repeated Host");
      into.host = true;
      break;
    case 6:
      if (!iequals(name, "expect")) break;
      if (!iequals(value, "100-continue")) return BadHttp(417, "unknown expectation");
      into.expects_continue = true;
      break;
    case 10:
      if (iequals(name, "connection")) note_connection(value, into);
      break;
    case 14:
      if (iequals(name, "content-length")) return note_content_length(value, into);
      break;
    case 17:
      if (iequals(name, "transfer-encoding")) return note_transfer_encoding(value, into);
      break;
    default:
      break;
  }
  return {};
}

/// The lines between the first one and the empty one.
HttpResult<ConnectionFields> parse_fields(std::string_view text, HttpHeaders& headers) {
  ConnectionFields connection;
  headers.reserve(kUsualFields);
  for (std::size_t count = 0;; ++count) {
    const auto line = take_line(text);
    if (line.empty()) return connection;
    if (count == kMaxHttpFields) return BadHttp(431, "too many header fields");
    if (line.front() == ' ' || line.front() == '\t') return bad("folded header line");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return bad("header line without a colon");
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_field_name(name)) return bad("malformed header name");
    if (!is_field_value(value)) return bad("control character in a header value");
    if (auto noted = note_field(name, value, connection); !noted) return noted.error();
    headers.add(std::string(name), std::string(value));
  }
}

HttpResult<BodyPlan> plan_body(const ConnectionFields& connection, int minor_version) {
  if (!connection.chunked) {
    if (!connection.content_length) return BodyPlan{};
    return BodyPlan{BodyFraming::length, *connection.content_length};
  }
  if (connection.content_length) return bad("both Content-Length and Transfer-Encoding");
  if (minor_version == 0) return bad("Transfer-Encoding in HTTP/1.0");
  return BodyPlan{BodyFraming::chunked, 0};
}

bool keeps_alive(const ConnectionFields& connection, int minor_version) {
  return !connection.close && (minor_version > 0 || connection.keep_alive);
}

/// "METHOD target HTTP/1.x" into `request`; the minor version.
HttpResult<int> parse_request_line(std::string_view line, HttpRequest& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("the request line is not 'METHOD target HTTP/1.1'");
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  if (!is_field_name(method)) return bad("malformed method");
  auto version = parse_version(line.substr(last + 1));
  if (!version) return version;
  if (!is_request_target(target) || (target == "*" && method != "OPTIONS")) return bad("malformed request target");
  request.method = method;
  request.target = target;
  return version;
}

HttpResult<unsigned> parse_status(std::string_view text) {
  const auto status = parse_number<unsigned>(text.substr(0, 3));
  if (!status || *status < 100 || (text.size() > 3 && text[3] != ' ')) return bad("malformed status line");
  return *status;
}

}  // namespace

bool is_request_target(std::string_view target) {
  return target == "*" || (target.starts_with('/') && all_are(target, kTarget));
}

bool is_field_name(std::string_view name) { return !name.empty() && all_are(name, kToken); }

bool is_field_value(std::string_view value) { return all_are(value, kValue); }

HttpResult<std::size_t> HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const auto feed = bytes.find('\n', scanned_);
    if (feed == std::string_view::npos) {
      scanned_ = bytes.size();
      return 0;
    }
    if (feed == line_start_ || bytes[feed - 1] != '\r') return bad("a line ends without CR LF");
    const bool empty_line = feed == line_start_ + 1;
    scanned_ = line_start_ = feed + 1;
    if (empty_line) return feed + 1;
  }
}

HttpResult<RequestHead> parse_request_head(std::string_view head) {
  RequestHead parsed;
  const auto version = parse_request_line(take_line(head), parsed.request);
  if (!version) return version.error();
  const auto connection = parse_fields(head, parsed.request.headers);
  if (!connection) return connection.error();
  const auto body = plan_body(*connection, *version);
  if (!body) return body.error();
  parsed.body = *body;
  parsed.minor_version = *version;
  parsed.keep_alive = keeps_alive(*connection, *version);
  parsed.expects_continue = connection->expects_continue && *version > 0;
  return parsed;
}

HttpResult<ResponseHead> parse_response_head(std::string_view head, std::string_view method) {
  ResponseHead parsed;
  const auto line = take_line(head);
  const auto version = parse_version(line.substr(0, 8));
  if (!version) return version.error();
  if (line.size() < 12 || line[8] != ' ') return bad("malformed status line");
  const auto status = parse_status(line.substr(9));
  if (!status) return status.error();
  parsed.response.status = *status;
  const auto connection = parse_fields(head, parsed.response.headers);
  if (!connection) return connection.error();
  const auto body = plan_body(*connection, *version);
  if (!body) return body.error();
  parsed.keep_alive = keeps_alive(*connection, *version);
  const bool bodiless = *status < 200 || *status == 204 || *status == 304 || method == "HEAD";
  if (bodiless) return parsed;
  parsed.body = *body;
  if (body->framing == BodyFraming::none) {
    parsed.body.framing = BodyFraming::until_close;
    parsed.keep_alive = false;
  }
  return parsed;
}

HttpResult<void> check_request_start(std::string_view bytes) {
  const auto end = bytes.find("\r\n");
  if (end != std::string_view::npos) {
    HttpRequest ignored;
    const auto version = parse_request_line(bytes.substr(0, end), ignored);
    if (!version) return version.error();
    return {};
  }
  const bool is_text = all_are(bytes.substr(0, bytes.find('\r')), kTarget | kValue);
  if (!is_text || (!bytes.empty() && !is_field_name(bytes.substr(0, 1)))) return bad("this is not HTTP");
  return {};
}

HttpResult<std::size_t> ChunkDecoder::decode(std::string_view bytes, std::string& body) {
  std::size_t taken = 0;
  while (!done()) {
    const auto rest = bytes.substr(taken);
    if (state_ == State::data) {
      const auto part = std::min<std::uint64_t>(left_, rest.size());
      body.append(rest.substr(0, part));
      taken += part;
      left_ -= part;
      if (left_ > 0) return taken;
      state_ = State::data_end;
      continue;
    }
    const auto feed = rest.substr(0, kMaxLine).find('\n');
    if (feed == std::string_view::npos) {
      if (rest.size() >= kMaxLine) return bad("chunk line too long");
      return taken;
    }
    if (feed == 0 || rest[feed - 1] != '\r') return bad("a chunk line ends without CR LF");
    if (auto line = take_line(rest.substr(0, feed - 1)); !line) return line.error();
    taken += feed + 1;
  }
  return taken;
}

bool ChunkDecoder::limit(std::uint64_t max_body) {
  if (announced_ > max_body) return false;
  room_ = std::min(room_, max_body - announced_);
  return true;
}

HttpResult<void> ChunkDecoder::take_line(std::string_view line) {
  if (!is_field_value(line)) return bad("control character in a chunk line");
  if (state_ == State::data_end) {
    if (!line.empty()) return bad("chunk longer than its size");
    state_ = State::size;
  } else if (state_ == State::trailer) {
    trailer_bytes_ += line.size();
    if (trailer_bytes_ > kMaxTrailers) return BadHttp(431, "trailers too large");
    if (line.empty()) state_ = State::done;
  } else {
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    const auto behind = trimmed(line.substr(static_cast<std::size_t>(end - line.data())));
    if (error != std::errc() || !(behind.empty() || behind.front() == ';')) return bad("malformed chunk size");
    if (size > room_) return BadHttp(413, "the body is too large");
    room_ -= size;
    announced_ += size;
    left_ = size;
    state_ = size == 0 ? State::trailer : State::data;
  }
  return {};
}

}  // namespace fescue
