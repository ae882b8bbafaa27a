// Reading a file or standard input in place of a word of the command line.
#include "cli/text_input.h"

#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace {

Result<std::string> standard_input() {
  std::string out;
  char buffer[64 * 1024];
  while (std::cin.read(buffer, sizeof buffer), std::cin.gcount() > 0) {
    out.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (out.size() > kMaxInvocationPayload) {
      return Error(Code::too_large, fmt::format("standard input is longer than {} MB", kMaxInvocationPayload >> 20));
    }
  }
  return out;
}

}  // namespace

Result<std::string> text_input(const std::string& argument) {
  if (argument == "-" || argument == "@-") return standard_input();
  if (argument.starts_with('@')) return real_file_system().read(argument.substr(1), kMaxInvocationPayload);
  return argument;
}

}  // namespace fescue::cli
