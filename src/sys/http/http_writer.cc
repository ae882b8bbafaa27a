// Heads as text: the Date once a second, fields cleaned of what could break a line.
#include "sys/http/http_writer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "sys/http/body_source.h"
#include "sys/http/http_parser.h"

namespace fescue {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  if (is_field_value(value)) {
    out.append(value);
  } else {
    std::transform(value.begin(), value.end(), std::back_inserter(out), [](char c) {
      return is_field_value({&c, 1}) ? c : ' ';
    });
  }
  out.append("\r\n");
}

/// Fields of the framing, which the functions below set themselves.
bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 4:
      return iequals(name, "date");
    case 10:
      return iequals(name, "connection");
    case 14:
      return iequals(name, "content-length");
    case 17:
      return iequals(name, "transfer-encoding");
    default:
      return false;
  }
}

}  // namespace

std::string_view HttpDate::at(std::time_t second) {
  if (second == second_) return text_;
  std::tm utc{};
  ::gmtime_r(&second, &utc);
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text;
  // Not strftime: names of days and months must not follow the locale.
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday], utc.tm_mday,
                    months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  text_.assign(text.data(), static_cast<std::size_t>(size));
  second_ = second;
  return text_;
}

bool status_has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_response_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(http_reason(response.status)).append("\r\n");
  if (!frame.date.empty()) append_field(out, "Date", frame.date);
  if (!frame.server_name.empty()) append_field(out, "Server", frame.server_name);
  if (!frame.connection.empty()) append_field(out, "Connection", frame.connection);
  for (const auto& [name, value] : response.headers.all()) {
    if (is_field_name(name) && !is_framing(name)) append_field(out, name, value);
  }
  if (status_has_body(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.source ? response.source->size() : response.body.size());
    out.append("\r\n");
  }
  out.append("\r\n");
}

void append_request_head(std::string& out, const HttpRequest& request, std::string_view host) {
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  if (!request.headers.find("Host")) append_field(out, "Host", host);
  for (const auto& [name, value] : request.headers.all()) {
    if (is_field_name(name)) append_field(out, name, value);
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (!request.headers.find("Content-Length") && (may_have_body || !request.body.empty())) {
    out.append("Content-Length: ");
    append_number(out, request.body.size());
    out.append("\r\n");
  }
  out.append("\r\n");
}

}  // namespace fescue
