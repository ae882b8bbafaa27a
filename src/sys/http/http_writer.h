// Heads of HTTP messages as text. Field values come from payloads and people: what could break a head (line ends, NUL)
// is written as a space, and fields whose name is no name are left out.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "sys/http/http.h"

namespace fescue {

/// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second.
class HttpDate {
 public:
  std::string_view at(std::time_t second);

 private:
  std::time_t second_ = -1;
  std::string text_;
};

/// What the server adds to a response.
struct ResponseFrame {
  std::string_view date;         // empty for none
  std::string_view server_name;  // empty for none
  std::string_view connection;   // empty for none
};

/// Whether a response of this status has a body at all, and so a length.
bool status_has_body(unsigned status);

/// Appends the head. Content-Length is that of the body, whether or not it is sent.
void append_response_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame);

/// Appends the head; Host (`host`) and Content-Length are added if absent.
void append_request_head(std::string& out, const HttpRequest& request, std::string_view host);

}  // namespace fescue
