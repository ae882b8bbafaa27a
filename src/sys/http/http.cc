// Headers, the parts of a target, percent-encoding and the reason phrases of HTTP.
#include "sys/http/http.h"

#include <algorithm>

#include "base/text/ascii.h"

namespace fescue {
namespace {

bool is_unreserved(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~'; }

Result<std::string> decode(std::string_view text, PlusMeans plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == PlusMeans::space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return Error(Code::invalid_argument, "broken percent escape in '" + std::string(text) + "'");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (iequals(key, name)) return std::string_view(value);
  }
  return std::nullopt;
}

std::string_view HttpHeaders::get(std::string_view name) const { return find(name).value_or(std::string_view()); }

HttpResponse make_response(unsigned status, std::string_view media_type, std::string body) {
  HttpResponse response{status, {}, std::move(body)};
  response.headers.add("Content-Type", std::string(media_type));
  return response;
}

unsigned http_status(Code code) {
  switch (code) {
    case Code::invalid_argument:
      return 400;
    case Code::unauthenticated:
    case Code::permission_denied:
      return 403;
    case Code::not_found:
      return 404;
    case Code::already_exists:
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    case Code::resource_exhausted:
      return 429;  // our C library makes GG_REQUEST_AGAIN of it
    case Code::unimplemented:
      return 501;
    case Code::unavailable:
    case Code::cancelled:
      return 503;
    case Code::timeout:
      return 504;
    case Code::io:
    case Code::internal:
      return 500;
  }
  return 500;
}

std::string_view HttpRequest::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view HttpRequest::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

Result<std::string> percent_decode(std::string_view text) { return decode(text, PlusMeans::plus); }

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

Result<std::vector<std::string>> path_segments(std::string_view raw_path) {
  std::vector<std::string> segments;
  if (raw_path.starts_with('/')) raw_path.remove_prefix(1);
  if (raw_path.empty()) return segments;
  for (;;) {
    const auto slash = raw_path.find('/');
    FESCUE_TRY(segment, percent_decode(raw_path.substr(0, slash)));
    segments.push_back(std::move(segment));
    if (slash == std::string_view::npos) return segments;
    raw_path.remove_prefix(slash + 1);
  }
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw, PlusMeans plus) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::size_t next = 0;
  for (std::size_t at = 0; at < raw.size(); at = next + 1) {
    next = std::min(raw.find('&', at), raw.size());
    const auto pair = raw.substr(at, next - at);
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    FESCUE_TRY(name, decode(pair.substr(0, equals), plus));
    FESCUE_TRY(value, decode(pair.substr(std::min(equals + 1, pair.size())), plus));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

std::string_view http_reason(unsigned status) {
  struct Row {
    unsigned status;
    std::string_view reason;
  };
  static constexpr Row rows[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {424, "Failed Dependency"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  const auto* row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.status == status; });
  return row == std::end(rows) ? "Unknown" : row->reason;
}

}  // namespace fescue
