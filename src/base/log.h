// The process's log, in V1's line format so that people's greps and collectors keep working:
//
//   [2026-11-22T20:15:04.123Z][INFO]-Created worker.<TAB>{"functionArn":"arn:...","pid":4711}
//
// The logger is the one global of the program. Fields are (name, value) pairs; secrets are never fields.
//
//   log::info("Created worker.", {{"functionArn", arn.str()}, {"pid", pid}});
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue::log {

enum class Level { trace, debug, info, warn, error, fatal };

std::string_view name_of(Level level);             // "INFO"
Result<Level> parse_level(std::string_view text);  // V1's spelling, upper case

/// One named value of a structured line; numbers and booleans stay bare in the JSON.
class Field {
 public:
  Field(std::string_view name, std::string_view text);
  Field(std::string_view name, const std::string& text) : Field(name, std::string_view(text)) {}
  Field(std::string_view name, const char* text) : Field(name, std::string_view(text)) {}
  Field(std::string_view name, bool value);
  template <std::integral Number>
  Field(std::string_view name, Number value) : Field(Json{}, name, std::to_string(value)) {}
  template <std::floating_point Number>
  Field(std::string_view name, Number value) : Field(Json{}, name, std::to_string(value)) {}

  std::string_view name() const { return name_; }
  const std::string& json() const { return json_; }

 private:
  struct Json {};
  Field(Json, std::string_view name, std::string json) : name_(name), json_(std::move(json)) {}

  std::string_view name_;
  std::string json_;
};

using Fields = std::initializer_list<Field>;

/// Where lines go. Until one of these is called they go to standard error.
void to_stderr();
/// Appends to `path` (0600), rotating so that current file plus one predecessor stay within `max_bytes`.
/// Lines at `warn` and above are repeated on standard error.
Result<void> to_file(const std::string& path, std::size_t max_bytes);
/// From now on current file and predecessor together stay within `max_bytes`. Nothing happens before to_file().
Result<void> set_file_limit(std::size_t max_bytes);
/// From here on nothing goes to standard error: another channel says it.
void silence_stderr();

void set_level(Level level);
Level level();

void write(Level level, std::string_view text, Fields fields = {});

inline void debug(std::string_view text, Fields fields = {}) { write(Level::debug, text, fields); }
inline void info(std::string_view text, Fields fields = {}) { write(Level::info, text, fields); }
inline void warn(std::string_view text, Fields fields = {}) { write(Level::warn, text, fields); }
inline void error(std::string_view text, Fields fields = {}) { write(Level::error, text, fields); }
inline void fatal(std::string_view text, Fields fields = {}) { write(Level::fatal, text, fields); }

/// A line without its newline, as it would be written.
std::string format_line(Level level, std::string_view timestamp, std::string_view text, Fields fields);

}  // namespace fescue::log
