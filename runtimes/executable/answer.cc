// Reads answers of the core: heads and bodies, whole or in pieces.
#include "answer.h"

namespace fescue {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxBody = 256 * 1024 * 1024;

FunctionError function_error(std::string_view name) {
  if (name.empty()) return FunctionError::none;
  if (name == "Handled") return FunctionError::handled;
  return name == "Unhandled" ? FunctionError::unhandled : FunctionError::unknown;
}

/// The next line, without its end, taken from `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find(kLineEnd);
  const std::string_view line = end == std::string_view::npos ? rest : part(rest, 0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kLineEnd.size());
  return line;
}

/// "HTTP/1.1 200 OK"
std::optional<int> parse_status(std::string_view line) {
  constexpr std::size_t kBegin = 9, kEnd = 12;
  if (!line.starts_with("HTTP/1.") || line.size() < kEnd || line[kBegin - 1] != ' ') return std::nullopt;
  if (line.size() > kEnd && line[kEnd] != ' ') return std::nullopt;
  const auto code = parse_decimal(part(line, kBegin, kEnd - kBegin));
  return code && *code >= 100 ? std::optional<int>(static_cast<int>(*code)) : std::nullopt;
}

struct Framing {
  std::optional<std::size_t> length;
  bool sound = true;
};

void take_header(std::string_view name, std::string_view value, Answer& out, Framing& framing) {
  if (equal_ignoring_case(name, "Content-Length")) {
    const auto length = parse_decimal(value);
    framing.sound = framing.sound && length && *length <= kMaxBody && (!framing.length || framing.length == length);
    framing.length = length;
  } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
    framing.sound = false;
  } else if (equal_ignoring_case(name, "Connection")) {
    out.closes = equal_ignoring_case(value, "close");
  } else if (equal_ignoring_case(name, "X-Amz-InvocationId")) {
    out.invocation_id.clear();
    out.invocation_id.append(value);
  } else if (equal_ignoring_case(name, "X-Amz-Client-Context")) {
    out.client_context.clear();
    out.client_context.append(value);
  } else if (equal_ignoring_case(name, "X-Amz-Function-Error")) {
    out.error = function_error(value);
  }
}

}  // namespace

void Answer::begin() {
  status = 0;
  error = FunctionError::none;
  closes = false;
  invocation_id.clear();
  client_context.clear();
  body.clear();
}

std::optional<std::size_t> parse_head(std::string_view head, Answer& out) {
  const auto status = parse_status(take_line(head));
  if (!status) return std::nullopt;
  out.status = *status;
  Framing framing;
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    take_header(part(line, 0, colon), trimmed(part(line, colon + 1)), out, framing);
  }
  if (!framing.sound) return std::nullopt;
  if (framing.length) return framing.length;
  return out.status == 204 || out.status == 304 ? std::optional<std::size_t>(0) : std::nullopt;
}

}  // namespace fescue
