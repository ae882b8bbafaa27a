// The text of a request's head.
#include "request_head.h"

#include <algorithm>

namespace fescue {

void begin_head(Buffer& out, std::string_view method, std::string_view function_arn, std::string_view suffix,
                std::string_view token) {
  out.append(method);
  out.append(" /2016-11-01/functions/");
  out.append(function_arn);
  out.append(suffix);
  out.append(" HTTP/1.1\r\nHost: localhost\r\n");
  add_header(out, "Authorization", token);
}

void add_header(Buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append("\r\n");
}

void end_head(Buffer& out, std::size_t body_size) {
  out.append("Content-Length: ");
  out.append_decimal(body_size);
  out.append("\r\n\r\n");
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace fescue
