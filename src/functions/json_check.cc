// Boost.JSON's parser with a handler that keeps nothing, and what it refuses put into its words.
#include "functions/json_check.h"

#include <string>

#include <boost/json/basic_parser_impl.hpp>

#include "base/text/ascii.h"

namespace fescue {

namespace {

namespace json = boost::json;

/// Takes every event and keeps nothing.
struct NullHandler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using error_code = json::error_code;
  using string_view = json::string_view;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t, error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view, std::size_t, error_code&) { return true; }
  bool on_key(string_view, std::size_t, error_code&) { return true; }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

bool is_strict_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<NullHandler> parser(options);
  json::error_code error;
  const std::size_t taken = parser.write_some(false, text.data(), text.size(), error);
  return !error && taken == text.size();
}

/// Whether a string goes on here with the escape of a surrogate, d800 to dfff.
bool is_surrogate_escape(std::string_view rest) {
  return rest.size() >= 6 && rest.starts_with("\\u") && (rest[2] == 'd' || rest[2] == 'D') &&
         std::string_view("89abcdefABCDEF").find(rest[3]) != std::string_view::npos && hex_digit_value(rest[4]) >= 0 &&
         hex_digit_value(rest[5]) >= 0;
}

/// The number without digits that `rest` begins with; empty when it does not.
std::string_view number_word(std::string_view rest) {
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
    if (rest.starts_with(word)) return word;
  }
  return {};
}

/// The text with another value in place of each that the strict parser does not know; what was wrong stays wrong.
std::string in_strict_words(std::string_view text, JsonDialect dialect) {
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const std::string_view word = in_string || dialect == JsonDialect::standard ? "" : number_word(rest);
    std::string_view taken = rest.substr(0, 1);
    std::string_view written = taken;
    if (!word.empty()) {
      taken = word;
      written = "null";
    } else if (in_string && is_surrogate_escape(rest)) {
      taken = rest.substr(0, 6);
      written = "\\ufffd";
    } else if (in_string && rest[0] == '\\') {
      written = taken = rest.substr(0, 2);
    } else if (rest[0] == '"') {
      in_string = !in_string;
    }
    out += written;
    i += taken.size();
  }
  return out;
}

}  // namespace

JsonDialect json_dialect_of(std::string_view runtime) {
  return runtime.starts_with("python") ? JsonDialect::python : JsonDialect::standard;
}

bool is_json(std::string_view text, JsonDialect dialect) {
  return is_strict_json(text) || is_strict_json(in_strict_words(text, dialect));
}

bool is_json_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' && is_json(text);
}

}  // namespace fescue
