// Bytes that grow, and the few forms in which they travel: base64, JSON strings, decimal numbers. Nothing here throws
// or ends the process when memory runs out: a Buffer remembers it, and who has filled one asks ok() once, at the end.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace fescue {

/// For classes that are made with `new`, which then gives null when memory runs out.
struct OnHeap {
  static void* operator new(std::size_t size) noexcept { return std::malloc(size); }
  static void operator delete(void* memory) noexcept { std::free(memory); }
};

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  void append(std::string_view bytes);
  void append(char byte) { append(std::string_view(&byte, 1)); }
  void append_decimal(std::size_t number);
  /// Room for `size` more bytes, which the caller fills; null when there is no memory.
  char* extend(std::size_t size);
  /// Empty and sound again; keeps its memory.
  void clear();
  /// A NUL behind the last byte, which does not count; "" when there is no memory.
  const char* c_str();

  /// False once an append has failed for want of memory.
  bool ok() const { return !failed_; }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_, size_}; }

 private:
  bool reserve(std::size_t size);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool failed_ = false;
};

void append_base64(Buffer& out, std::string_view bytes);
/// False if `text` is not base64 with its padding.
bool append_from_base64(Buffer& out, std::string_view text);

/// With its quotes. Bytes above 0x7f pass as they are: the core says what is no UTF-8.
void append_json_string(Buffer& out, std::string_view text);
/// Whether `json` is an object that has both keys itself, not in a value of its own.
bool has_keys(std::string_view json, std::string_view first, std::string_view second);

/// Digits alone, at most nine.
std::optional<std::size_t> parse_decimal(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);
std::string_view trimmed(std::string_view text);
/// From `begin` on, at most `size` bytes; `begin` must not lie behind the end. (std::string_view::substr may throw.)
std::string_view part(std::string_view text, std::size_t begin, std::size_t size = std::string_view::npos);

}  // namespace fescue
