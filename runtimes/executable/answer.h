// What the core answers: HTTP/1.1 as it sends it, a status line, headers and a body of Content-Length bytes. Anything
// else is an error, never a guess (docs/compatibility/local-api.md#requests).
#pragma once

#include <optional>

#include "bytes.h"

namespace fescue {

enum class FunctionError { none, handled, unhandled, unknown };

/// Reused from one exchange to the next: begin() empties it.
struct Answer {
  int status = 0;
  FunctionError error = FunctionError::none;
  Buffer invocation_id;
  Buffer client_context;  // base64 of JSON, or empty
  Buffer body;
  bool closes = false;  // the connection ends with it

  void begin();
  bool ok() const { return status >= 200 && status < 300; }
  bool has_memory() const { return invocation_id.ok() && client_context.ok() && body.ok(); }
};

/// Reads `head`, without the blank line that ends it, into `out`. Returns the length of the body that follows; absent
/// if this is not such an answer.
std::optional<std::size_t> parse_head(std::string_view head, Answer& out);

}  // namespace fescue
