// Fuzz input that reads like HTTP: a line "METHOD TARGET", header lines "Name:value", an empty line, the body.
#pragma once

#include <string_view>

#include "sys/http/http.h"

namespace fescue {

inline std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

inline HttpRequest read_request(std::string_view input) {
  HttpRequest request;
  std::string_view first = take_until(input, '\n');
  request.method = take_until(first, ' ');
  request.target = first;
  for (;;) {
    std::string_view line = take_until(input, '\n');
    if (line.empty()) break;
    const std::string_view name = take_until(line, ':');
    request.headers.add(std::string(name), std::string(line));
  }
  request.body = input;
  return request;
}

}  // namespace fescue
