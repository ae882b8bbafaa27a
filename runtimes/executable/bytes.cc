// Buffers that grow without throwing; base64, JSON strings, numbers.
#include "bytes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace fescue {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kSmallest = 256;

int value_of(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  if (digit == '+') return 62;
  return digit == '/' ? 63 : -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The text between the quotes of the string that begins at `at`, which is moved behind its end.
std::string_view take_string(std::string_view json, std::size_t& at) {
  const std::size_t begin = ++at;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  const std::size_t end = std::min(at, json.size());
  at = end + 1;
  return part(json, begin, end - begin);
}

bool is_key(std::string_view json, std::size_t at) {
  while (at < json.size() && is_blank(json[at])) ++at;
  return at < json.size() && json[at] == ':';
}

}  // namespace

bool Buffer::reserve(std::size_t size) {
  if (failed_ || size <= capacity_) return !failed_;
  const std::size_t capacity = std::max({size, capacity_ * 2, kSmallest});
  void* memory = size < size_ ? nullptr : std::realloc(data_, capacity);  // less than before: it has overflowed
  failed_ = memory == nullptr;
  if (failed_) return false;
  data_ = static_cast<char*>(memory);
  capacity_ = capacity;
  return true;
}

void Buffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (char* room = extend(bytes.size())) std::memcpy(room, bytes.data(), bytes.size());
}

void Buffer::append_decimal(std::size_t number) {
  char digits[24];
  char* at = digits + sizeof digits;
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  append({at, static_cast<std::size_t>(digits + sizeof digits - at)});
}

char* Buffer::extend(std::size_t size) {
  if (!reserve(size_ + size)) return nullptr;
  char* room = data_ + size_;
  size_ += size;
  return room;
}

void Buffer::clear() {
  size_ = 0;
  failed_ = false;
}

const char* Buffer::c_str() {
  if (!reserve(size_ + 1)) return "";
  data_[size_] = '\0';
  return data_;
}

void append_base64(Buffer& out, std::string_view bytes) {
  char* to = out.extend((bytes.size() + 2) / 3 * 4);
  if (to == nullptr) return;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(bytes.size() - at, 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0);
    *to++ = kBase64[group >> 18];
    *to++ = kBase64[group >> 12 & 63];
    *to++ = count > 1 ? kBase64[group >> 6 & 63] : '=';
    *to++ = count > 2 ? kBase64[group & 63] : '=';
  }
}

bool append_from_base64(Buffer& out, std::string_view text) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t count = at + 4 == text.size() ? 4 - padding : 4;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int value = i < count ? value_of(text[at + i]) : 0;
      if (value < 0) return false;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    const char bytes[] = {static_cast<char>(group >> 16), static_cast<char>(group >> 8), static_cast<char>(group)};
    out.append({bytes, count - 1});
  }
  return true;
}

void append_json_string(Buffer& out, std::string_view text) {
  out.append('"');
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append('\\');
      out.append(c);
    } else if (code < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      const char escaped[] = {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]};
      out.append({escaped, sizeof escaped});
    } else {
      out.append(c);
    }
  }
  out.append('"');
}

bool has_keys(std::string_view json, std::string_view first, std::string_view second) {
  bool has_first = false, has_second = false;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::string_view text = take_string(json, at);
      if (depth != 1 || !is_key(json, at)) continue;
      has_first = has_first || text == first;
      has_second = has_second || text == second;
      continue;
    }
    if (depth == 0 && c != '{' && !is_blank(c)) return false;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) break;
    ++at;
  }
  return has_first && has_second;
}

std::optional<std::size_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::size_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view part(std::string_view text, std::size_t begin, std::size_t size) {
  return {text.data() + begin, std::min(size, text.size() - begin)};
}

}  // namespace fescue
