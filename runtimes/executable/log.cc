// Writes a record to the pipe of its level.
#include "log.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <climits>

#include "bytes.h"

namespace fescue {

namespace {

struct Level {
  const char* name;
  const char* variable;
  int otherwise;
};

// By gg_log_level.
constexpr Level kLevels[] = {{"NOTSET", "_GG_LOG_FD_TRACE", 1}, {"DEBUG", "_GG_LOG_FD_DEBUG", 1},
                             {"INFO", "_GG_LOG_FD_INFO", 1},    {"WARN", "_GG_LOG_FD_WARN", 2},
                             {"ERROR", "_GG_LOG_FD_ERROR", 2},  {"FATAL", "_GG_LOG_FD_FATAL", 2}};

struct Sinks {
  int descriptors[6];
  int threshold;
};

pthread_once_t opened = PTHREAD_ONCE_INIT;
pthread_mutex_t long_writes = PTHREAD_MUTEX_INITIALIZER;
constinit Sinks sinks{};

int descriptor_of(const Level& level) {
  const char* value = std::getenv(level.variable);
  if (value == nullptr) return level.otherwise;
  const auto number = parse_decimal({value, std::strlen(value)});
  return number && *number <= INT_MAX ? static_cast<int>(*number) : level.otherwise;
}

void open_sinks() {
  for (int level = 0; level < 6; ++level) sinks.descriptors[level] = descriptor_of(kLevels[level]);
  const char* wanted = std::getenv("LOG_LEVEL");
  sinks.threshold = GG_LOG_INFO;
  if (wanted == nullptr) return;
  if (std::strcmp(wanted, "TRACE") == 0) sinks.threshold = GG_LOG_RESERVED_NOTSET;
  for (int level = 0; level < 6; ++level) {
    if (std::strcmp(wanted, kLevels[level].name) == 0) sinks.threshold = level;
  }
}

void write_all(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

/// Up to PIPE_BUF a write to a pipe is never mixed with others; longer ones must not meet.
void write_record(gg_log_level level, char* text, std::size_t size) {
  while (size > 0 && text[size - 1] == '\n') --size;
  text[size++] = '\n';  // in the place of the terminating NUL
  const bool is_long = size > PIPE_BUF;
  if (is_long) pthread_mutex_lock(&long_writes);
  write_all(sinks.descriptors[level], text, size);
  if (is_long) pthread_mutex_unlock(&long_writes);
}

}  // namespace

gg_error log_record(gg_log_level level, const char* format, std::va_list arguments) {
  if (level <= GG_LOG_RESERVED_NOTSET || level >= GG_LOG_RESERVED_MAX || format == nullptr) {
    return GGE_INVALID_PARAMETER;
  }
  const int error = errno;  // for %m, and the caller's to keep
  pthread_once(&opened, open_sinks);
  if (level < sinks.threshold) return GGE_SUCCESS;
  char small[1024];
  std::va_list again;
  va_copy(again, arguments);
  errno = error;
  const int length = std::vsnprintf(small, sizeof small, format, arguments);
  gg_error outcome = length < 0 ? GGE_INVALID_PARAMETER : GGE_SUCCESS;
  if (length >= 0 && static_cast<std::size_t>(length) < sizeof small) {
    write_record(level, small, static_cast<std::size_t>(length));
  } else if (length >= 0) {
    const std::size_t size = static_cast<std::size_t>(length) + 1;
    char* large = static_cast<char*>(std::malloc(size));
    if (large == nullptr) outcome = GGE_OUT_OF_MEMORY;
    errno = error;
    if (large != nullptr && std::vsnprintf(large, size, format, again) == length) write_record(level, large, size - 1);
    std::free(large);
  }
  va_end(again);
  errno = error;
  return outcome;
}

void log_line(gg_log_level level, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  log_record(level, format, arguments);
  va_end(arguments);
}

}  // namespace fescue
