// Reading a file, a pipe or standard input in place of a word of the command line.
#include "cli/text_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/fd.h"
#include "model/json_reader.h"
#include "model/limits.h"

namespace fescue::cli {

namespace {

Result<std::string> read_to_end(int from, const std::string& name, std::size_t max_bytes) {
  std::string out;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t count = ::read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_error(name);
    if (count == 0) return out;
    out.append(buffer, static_cast<std::size_t>(count));
    if (out.size() > max_bytes)
      return Error(Code::too_large, fmt::format("{} is longer than {} MB", name, max_bytes >> 20));
  }
}

}  // namespace

Result<std::string> file_input(const std::string& path, std::size_t max_bytes) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno_error(path);
  return read_to_end(file.get(), path, max_bytes);
}

Result<std::string> text_input(const std::string& argument) {
  if (argument == "-" || argument == "@-") return read_to_end(STDIN_FILENO, "standard input", kMaxInvocationPayload);
  if (argument.starts_with('@')) return file_input(argument.substr(1), kMaxInvocationPayload);
  return argument;
}

Result<std::string> object_input(const std::string& argument, std::string_view option) {
  const auto text = text_input(argument);
  if (!text) return text.error().in(option);
  const auto value = parse_json(*text);
  if (!value) return value.error().in(option);
  if (!value->is_object()) return Error(Code::invalid_argument, fmt::format("{}: must be a JSON object", option));
  return text;
}

}  // namespace fescue::cli
