// Pipes to lines, lines to files that are bounded, and the last lines of a worker for whoever asks.
#include "functions/workers/worker_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "base/clock.h"
#include "sys/storage/file.h"
#include "sys/storage/log_tail.h"

namespace fescue {

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kPipeCapacity = 64 * 1024;

/// In the order of WorkerSpec::outputs.
constexpr std::array<log::Level, kOutputs> kLevels = {log::Level::info, log::Level::error, log::Level::debug,
                                                      log::Level::warn, log::Level::fatal, log::Level::trace};

std::string stamp_of(log::Level level) {
  return fmt::format("[{}][{}]-", iso8601_local(wall_now()), log::name_of(level));
}

/// The line is one line of the log whatever the function printed; tabs are harmless and common.
void clean(std::string& line) {
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
  }
}

}  // namespace

void LineSplitter::add(std::string_view bytes, const std::function<void(std::string_view)>& take) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const bool ends = newline != std::string_view::npos;
    const std::size_t length = std::min(ends ? newline : bytes.size(), kMaxLogLine - rest_.size());
    rest_ += bytes.substr(0, length);
    bytes.remove_prefix(length);
    const bool at_newline = !bytes.empty() && bytes.front() == '\n';
    if (at_newline) bytes.remove_prefix(1);
    if (at_newline || rest_.size() == kMaxLogLine) finish(take);
  }
}

void LineSplitter::finish(const std::function<void(std::string_view)>& take) {
  if (!rest_.empty() && rest_.back() == '\r') rest_.pop_back();
  clean(rest_);
  if (!rest_.empty()) take(rest_);
  rest_.clear();
}

void FunctionLog::write(log::Level level, std::string_view lines) {
  FESCUE_ASSERT(lines.empty() || lines.back() == '\n');
  if (!takes(level)) return;
  const std::string stamp = stamp_of(level);
  std::string text;
  while (!lines.empty()) {
    const std::size_t length = lines.find('\n') + 1;
    if (!text.empty() && text.size() + stamp.size() + length > limits_.space / 2) keep(std::exchange(text, {}));
    text += stamp;
    text += lines.substr(0, length);
    lines.remove_prefix(length);
  }
  keep(text);
}

void FunctionLog::keep(std::string_view text) {
  if (sink_) return sink_(text);
  const auto written = append(text);
  if (written) return;
  lost_bytes_ += text.size();
  if (std::exchange(complained_, true)) return;
  log::error("Cannot write a function's log; lines are lost.", {{"reason", written.error().message()}});
}

Result<void> FunctionLog::append(std::string_view text) {
  struct stat there;
  const bool is_ours = file_ && ::stat(path_.c_str(), &there) == 0 && there.st_ino == inode_;
  if (!is_ours) FESCUE_CHECK(open());
  FESCUE_CHECK(make_room(text.size()));
  while (!text.empty()) {
    const ssize_t written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error(path_);
    size_ += static_cast<std::uint64_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  complained_ = false;
  return ok();
}

Result<void> FunctionLog::open() {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW;
  file_ = Fd(::open(path_.c_str(), kFlags, 0600));
  if (!file_ && errno == ENOENT) {
    FESCUE_CHECK(real_file_system().make_directories(std::filesystem::path(path_).parent_path(), 0700));
    file_ = Fd(::open(path_.c_str(), kFlags, 0600));
  }
  struct stat status;
  if (!file_ || ::fstat(file_.get(), &status) != 0) return errno_error(path_);
  inode_ = status.st_ino;
  size_ = static_cast<std::uint64_t>(status.st_size);
  return ok();
}

Result<void> FunctionLog::make_room(std::size_t bytes) {
  if (size_ == 0 || size_ + bytes <= limits_.space / 2) return ok();
  if (::rename(path_.c_str(), predecessor_of(path_).c_str()) != 0 && errno != ENOENT) return errno_error(path_);
  return open();
}

void FunctionLogs::set_limits(FunctionLogLimits limits) {
  limits_ = limits;
  for (auto& [path, log] : logs_) log->set_limits(limits);
}

std::shared_ptr<FunctionLog> FunctionLogs::of(const FunctionArn& function) {
  std::string path = fmt::format("{}/{}/{}/{}.log", directory_, function.region(), function.account(), function.name());
  std::shared_ptr<FunctionLog>& log = logs_[path];
  if (!log) log = std::make_shared<FunctionLog>(std::move(path), limits_, sink_);
  return log;
}

Result<WorkerOutput::Made> WorkerOutput::make(asio::io_context& io, std::shared_ptr<FunctionLog> log) {
  Made made;
  made.output = std::shared_ptr<WorkerOutput>(new WorkerOutput(std::move(log)));
  for (std::size_t index = 0; index < kOutputs; ++index) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("make a pipe for a worker's log");
    Fd read_end(ends[0]);
    made.write_ends[index] = Fd(ends[1]);
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    made.output->pipes_[index] = std::make_unique<Pipe>(io, std::move(read_end), kLevels[index]);
  }
  return made;
}

void WorkerOutput::start() {
  for (auto& pipe : pipes_) wait(*pipe);
}

void WorkerOutput::wait(Pipe& pipe) {
  pipe.stream.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this(), &pipe](error_code error) {
                           if (error || !pipe.stream.is_open()) return;
                           if (self->read_once(pipe)) self->wait(pipe);
                         });
}

bool WorkerOutput::read_once(Pipe& pipe) {
  std::array<char, kReadBytes> buffer;
  const ssize_t got = ::read(pipe.stream.native_handle(), buffer.data(), buffer.size());
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    finish(pipe);
    return false;
  }
  std::string lines;
  pipe.lines.add({buffer.data(), static_cast<std::size_t>(got)},
                 [&](std::string_view line) { (lines += line) += '\n'; });
  if (!lines.empty()) keep(pipe.level, lines);
  return true;
}

void WorkerOutput::keep(log::Level level, std::string_view lines) {
  log_->write(level, lines);
  last_ += lines;
  if (last_.size() > 2 * kLastLines) last_.erase(0, last_.size() - kLastLines);
  if (!tail_ || !log_->takes(level)) return;
  const std::string stamp = stamp_of(level);
  while (!lines.empty()) {
    const std::size_t length = lines.find('\n') + 1;
    (*tail_ += stamp) += lines.substr(0, length);
    lines.remove_prefix(length);
  }
  if (tail_->size() > 2 * kMaxLogTail) tail_->erase(0, tail_->size() - kMaxLogTail);
}

void WorkerOutput::finish(Pipe& pipe) {
  pipe.lines.finish([&](std::string_view line) { keep(pipe.level, std::string(line) + '\n'); });
  pipe.stream.close();
}

void WorkerOutput::drain() {
  for (auto& pipe : pipes_) {
    if (pipe->stream.is_open() && read_all(*pipe)) finish(*pipe);
  }
}

bool WorkerOutput::read_all(Pipe& pipe) {
  for (std::size_t taken = 0; taken < kPipeCapacity; taken += kReadBytes) {
    if (!read_once(pipe)) return false;
  }
  return true;
}

void WorkerOutput::read_what_waits() {
  for (auto& pipe : pipes_) {
    if (pipe->stream.is_open()) read_all(*pipe);
  }
}

std::string WorkerOutput::last_lines() {
  read_what_waits();
  if (last_.size() > kLastLines) last_.erase(0, last_.size() - kLastLines);
  return last_;
}

void WorkerOutput::start_tail() {
  read_what_waits();
  tail_.emplace();
}

std::string WorkerOutput::end_tail() {
  read_what_waits();
  std::string tail = std::exchange(tail_, std::nullopt).value_or("");
  if (tail.size() > kMaxLogTail) tail.erase(0, tail.size() - kMaxLogTail);
  return tail;
}

}  // namespace fescue
