// What functions print. Each worker has one pipe for each of V1's levels; the core reads lines from them, stamps them
// and appends them to the function's file, which all its versions and workers share:
//
//   ROOT/ggc/var/log/user/<region>/<account>/<function>.log      [2026-11-22T20:15:04.123Z][INFO]-hello
//
// (docs/compatibility/runtimes.md#log-descriptors, docs/compatibility/core-files.md#logs). Files are the owner's alone
// (0600). Current file and one predecessor (<function>.1.log) together stay within the logger's space. What cannot be
// written is counted, never waited for.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/log.h"
#include "base/result.h"
#include "model/arn.h"
#include "sandbox/spec.h"
#include "sys/loop/asio.h"

namespace fescue {

struct FunctionLogLimits {
  log::Level level = log::Level::info;  // lower ones are left out
  std::uint64_t space = 128 * 1024;     // bytes, of both files together
};

/// What is kept of a worker's output for a caller who wants to read it (Lambda: the last 4 KB).
inline constexpr std::size_t kMaxLogTail = 4 * 1024;

/// What is kept of every worker's output, for the record of its end.
inline constexpr std::size_t kLastLines = 2 * 1024;

/// Longer lines are cut into several; each gets its own stamp.
inline constexpr std::size_t kMaxLogLine = 16 * 1024;

/// Takes stamped lines in place of the files.
using LogSink = std::function<void(std::string_view lines)>;

/// The file of one function. Opened at the first line, opened anew when someone has moved or removed it.
class FunctionLog {
 public:
  FunctionLog(std::string path, FunctionLogLimits limits, LogSink sink = {})
      : path_(std::move(path)), limits_(limits), sink_(std::move(sink)) {}

  void set_limits(FunctionLogLimits limits) { limits_ = limits; }
  /// `lines` end with a newline each; they get one stamp.
  void write(log::Level level, std::string_view lines);

  bool takes(log::Level level) const { return level >= limits_.level; }
  std::uint64_t lost_bytes() const { return lost_bytes_; }
  const std::string& path() const { return path_; }

 private:
  void keep(std::string_view text);
  Result<void> open();
  Result<void> make_room(std::size_t bytes);
  Result<void> append(std::string_view text);

  std::string path_;
  FunctionLogLimits limits_;
  LogSink sink_;
  Fd file_;
  ino_t inode_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t lost_bytes_ = 0;
  bool complained_ = false;
};

/// The files of all functions below one directory.
class FunctionLogs {
 public:
  explicit FunctionLogs(std::string directory, LogSink sink = {})
      : directory_(std::move(directory)), sink_(std::move(sink)) {}
  void set_limits(FunctionLogLimits limits);
  const FunctionLogLimits& limits() const { return limits_; }
  /// Shared with the workers that write to it; the same for all versions.
  std::shared_ptr<FunctionLog> of(const FunctionArn& function);

 private:
  std::string directory_;
  LogSink sink_;
  FunctionLogLimits limits_;
  std::map<std::string, std::shared_ptr<FunctionLog>> logs_;  // by path
};

/// Cuts a stream of bytes into lines. Pure.
class LineSplitter {
 public:
  /// Calls `take` with the complete lines in `bytes` (and what waited from before), one after another, without their
  /// newline; control characters become spaces, empty lines are left out.
  void add(std::string_view bytes, const std::function<void(std::string_view line)>& take);
  /// The stream ended: what waits is a line.
  void finish(const std::function<void(std::string_view line)>& take);

 private:
  std::string rest_;
};

/// The reading ends of a worker's six pipes. Lives until all of them have ended or drain() was called; each turn of the
/// loop takes one bounded read from a pipe, so that a flood keeps nobody else waiting, and a worker that prints faster
/// than that waits in its own write().
class WorkerOutput : public std::enable_shared_from_this<WorkerOutput> {
 public:
  struct Made {
    std::shared_ptr<WorkerOutput> output;
    std::array<Fd, kOutputs> write_ends;  // in the order of WorkerSpec::outputs
  };
  static Result<Made> make(asio::io_context& io, std::shared_ptr<FunctionLog> log);

  void start();
  /// Takes what is there now without waiting (at most the pipes' capacity), then closes them.
  void drain();

  /// The last lines that it printed, of all levels, kLastLines bytes at most, after a look at what waits in the pipes.
  std::string last_lines();

  /// From here on the lines that go to the log are kept, too. A worker has one item of work at a time, so what comes
  /// between the two calls is what that item had it print (and its threads).
  void start_tail();
  /// The last kMaxLogTail bytes of them, after a look at what waits in the pipes.
  std::string end_tail();

 private:
  struct Pipe {
    Pipe(asio::io_context& io, Fd fd, log::Level of) : stream(io, fd.release()), level(of) {}
    asio::posix::stream_descriptor stream;
    log::Level level;
    LineSplitter lines;
  };

  explicit WorkerOutput(std::shared_ptr<FunctionLog> log) : log_(std::move(log)) {}
  void wait(Pipe& pipe);
  /// One read; false when the pipe has ended.
  bool read_once(Pipe& pipe);
  void finish(Pipe& pipe);
  /// At most its capacity; false when the pipe has ended.
  bool read_all(Pipe& pipe);
  void read_what_waits();
  void keep(log::Level level, std::string_view lines);

  std::shared_ptr<FunctionLog> log_;
  std::string last_;                 // up to twice kLastLines
  std::optional<std::string> tail_;  // of up to twice kMaxLogTail
  std::array<std::unique_ptr<Pipe>, kOutputs> pipes_;
};

}  // namespace fescue
