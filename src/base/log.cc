// The process's sinks on spdlog (standard error or a file with successors), and the form of a line.
#include "base/log.h"

#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/json_escape.h"
#include "base/printable.h"

namespace fescue::log {

namespace {

std::vector<spdlog::sink_ptr> with_plain_lines(std::vector<spdlog::sink_ptr> sinks) {
  for (const auto& sink : sinks) sink->set_pattern("%v");
  return sinks;
}

/// The sinks may change while other threads log.
struct State {
  State() {
    sinks->set_sinks(with_plain_lines({std::make_shared<spdlog::sinks::stderr_sink_mt>()}));
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
  }
  std::shared_ptr<spdlog::sinks::dist_sink_mt> sinks = std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger logger{"fescue", sinks};
  std::atomic<Level> level = Level::info;
  std::string path;  // of the file; empty before to_file()
  std::size_t max_bytes = 0;
};

State& state() {
  static State instance;
  return instance;
}

void install(std::vector<spdlog::sink_ptr> sinks) { state().sinks->set_sinks(with_plain_lines(std::move(sinks))); }

/// The log is its owner's alone, as are its successors.
spdlog::file_event_handlers owner_only() {
  spdlog::file_event_handlers handlers;
  handlers.after_open = [](const spdlog::filename_t&, std::FILE* file) { ::fchmod(::fileno(file), 0600); };
  return handlers;
}

/// Whoever may write into the directory of a log can put a pipe there, which to open would wait for ever.
Result<void> check_is_file(const std::string& path) {
  struct stat found;
  if (::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return Error(Code::invalid_argument, fmt::format("{}: is not a regular file; remove it", path));
  }
  return ok();
}

Result<void> open_file(const std::string& path, std::size_t max_bytes) {
  FESCUE_CHECK(check_is_file(path));
  const mode_t old_mask = ::umask(0077);
  try {
    auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, max_bytes / 2, 1, false, owner_only());
    auto terminal = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    terminal->set_level(spdlog::level::warn);
    install({std::move(file), std::move(terminal)});
  } catch (const spdlog::spdlog_ex& e) {
    ::umask(old_mask);
    return Error(Code::io, e.what());
  }
  ::umask(old_mask);
  state().path = path;
  state().max_bytes = max_bytes;
  return ok();
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::trace:
      return spdlog::level::trace;
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::fatal:
      return spdlog::level::critical;
  }
  return spdlog::level::info;
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::trace:
      return "TRACE";
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO";
    case Level::warn:
      return "WARN";
    case Level::error:
      return "ERROR";
    case Level::fatal:
      return "FATAL";
  }
  return "INFO";
}

Result<Level> parse_level(std::string_view text) {
  for (Level level : {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::fatal}) {
    if (name_of(level) == text) return level;
  }
  return Error(Code::invalid_argument,
               fmt::format("\"{}\" is not a log level (DEBUG, INFO, WARN, ERROR, FATAL)", text));
}

Field::Field(std::string_view name, std::string_view text) : name_(name), json_(json_quote(text)) {}
Field::Field(std::string_view name, bool value) : name_(name), json_(value ? "true" : "false") {}

std::string format_line(Level level, std::string_view timestamp, std::string_view text, Fields fields) {
  std::string line = fmt::format("[{}][{}]-{}", timestamp, name_of(level), printable(text, LineEnds::escape));
  if (fields.size() == 0) return line;
  char separator = '{';
  line += '\t';
  for (const Field& field : fields) {
    line += separator;
    line += json_quote(field.name());
    line += ':';
    line += field.json();
    separator = ',';
  }
  line += '}';
  return line;
}

void silence_stderr() {
  for (const auto& sink : state().sinks->sinks()) {
    if (std::dynamic_pointer_cast<spdlog::sinks::stderr_sink_mt>(sink)) sink->set_level(spdlog::level::off);
  }
}

void to_stderr() { install({std::make_shared<spdlog::sinks::stderr_sink_mt>()}); }

Result<void> to_file(const std::string& path, std::size_t max_bytes) { return open_file(path, max_bytes); }

Result<void> set_file_limit(std::size_t max_bytes) {
  if (state().path.empty() || state().max_bytes == max_bytes) return ok();
  return open_file(state().path, max_bytes);
}

void set_level(Level level) { state().level = level; }
Level level() { return state().level; }

void write(Level level, std::string_view text, Fields fields) {
  if (level < state().level) return;
  state().logger.log(spdlog_level(level), format_line(level, iso8601_local(wall_now()), text, fields));
}

}  // namespace fescue::log
