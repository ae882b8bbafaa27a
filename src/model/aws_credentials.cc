// Writing the one profile of a credentials file, and reading it whatever blanks and comments surround it.
#include "model/aws_credentials.h"

#include <algorithm>

#include <fmt/format.h>

namespace fescue {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Letters, digits and signs of ASCII.
bool is_key_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

Result<std::string> to_credentials_file(const AccessKey& key) {
  if (!is_key_text(key.id) || !is_key_text(key.secret)) {
    return Error(Code::invalid_argument, "the access key holds characters that no access key has");
  }
  return fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", key.id, key.secret);
}

Result<AccessKey> parse_credentials_file(std::string_view text) {
  AccessKey key;
  bool in_default = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.starts_with('[')) in_default = line == "[default]";
    const std::size_t equals = line.find('=');
    if (!in_default || equals == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, equals));
    if (name == "aws_access_key_id") key.id = trimmed(line.substr(equals + 1));
    if (name == "aws_secret_access_key") key.secret = trimmed(line.substr(equals + 1));
  }
  if (key.id.empty() || key.secret.empty()) {
    return Error(Code::invalid_argument, "the credentials file has no [default] profile with both keys");
  }
  return key;
}

}  // namespace fescue
