// Reads the files, not the core: the logs matter most when it does not run.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/fd.h"
#include "cli/core_client.h"
#include "cli/output/exit_text.h"
#include "cli/say.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "core/admin/log_files.h"
#include "sys/storage/file.h"
#include "sys/storage/log_tail.h"

namespace fescue::cli {

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;
constexpr std::size_t kReadBytes = 1024 * 1024;
constexpr std::string_view kCloudLog = "cloud";

struct LogsOptions {
  std::string root = "/var/lib/fescue";
  std::string name = std::string(kSystemLog);
  std::size_t lines = 20;
  bool follow = false;
  bool why = false;
};

Error for_the_owner(const Error& error) {
  if (error.code() != Code::permission_denied) return error;
  return Error(error.code(), error.message() + "; logs are their owner's, try sudo");
}

/// Links on the way to the core are the owner's; below it none is followed (sys/storage/log_tail.h).
Result<CoreLayout> core_of(const LogsOptions& options) {
  FESCUE_TRY(root, find_core(options.root));
  return CoreLayout{std::filesystem::weakly_canonical(root)};
}

Result<std::string> path_of(const LogsOptions& options) {
  const std::string cloud = std::filesystem::weakly_canonical(options.root).string() + "/cloud/cloud.log";
  if (options.name == kCloudLog) return cloud;
  FESCUE_TRY(core, core_of(options));
  auto path = find_log(core, options.name);
  if (path || path.error().code() != Code::not_found || !real_file_system().exists(cloud)) return path;
  return Error(Code::not_found, fmt::format("{}, {}", path.error().message(), kCloudLog));
}

void print(const std::string& text) { say(stdout, text); }

/// Prints what is added, until the process is interrupted or nobody reads it any more.
Result<void> follow(const std::string& path, LogPosition position) {
  const Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const std::string directory = std::filesystem::path(path).parent_path();
  if (!changes || ::inotify_add_watch(changes.get(), directory.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
    return errno_error("watching " + directory);
  }
  const Fd reader_is_gone = watch_reader();
  while (check_said()) {
    const auto more = read_log(path, position, kReadBytes);
    if (!more && more.error().code() != Code::not_found) return more.error();  // between two files there may be none
    const bool is_news = more && more->next != position;
    if (more) position = more->next;
    if (is_news) {
      print(more->text);
      continue;
    }
    pollfd waiting[] = {{changes.get(), POLLIN, 0}, {reader_is_gone.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return errno_error("waiting for " + path);
    if (waiting[1].revents != 0) return ok();
    char events[4096];
    while (::read(changes.get(), events, sizeof events) > 0) {
    }
  }
  return ok();
}

Result<void> show_log(const LogsOptions& options) {
  FESCUE_TRY(path, path_of(options));
  FESCUE_TRY(end, tail_log(path, options.lines, kMaxBytes));
  print(end.text);
  return options.follow ? follow(path, end.next) : ok();
}

/// A function that never failed is known by its log.
Result<void> check_is_known(const CoreLayout& core, const std::string& function) {
  const std::string name = function.substr(0, function.starts_with("arn:") ? std::string::npos : function.find(':'));
  const auto path = find_log(core, name);
  if (path && name != kCloudLog && real_file_system().exists(*path)) return ok();
  FESCUE_TRY(known, list_logs(core));
  return Error(Code::not_found,
               fmt::format("no function \"{}\" has run here; there are: {}", function, fmt::join(known, ", ")));
}

/// How workers ended, from the core's own log.
Result<void> show_exits(const LogsOptions& options) {
  FESCUE_TRY(core, core_of(options));
  FESCUE_TRY(path, find_log(core, kSystemLog));
  FESCUE_TRY(log, tail_log(path, kMaxBytes, kMaxBytes));
  const std::string function = options.name == kSystemLog ? "" : options.name;
  const std::string text = exits_text(log.text, function, options.lines);
  if (text.empty() && !function.empty()) FESCUE_CHECK(check_is_known(core, function));
  print(text.empty() ? "no worker has ended unexpectedly, as far as the log goes back\n" : text);
  return ok();
}

}  // namespace

void add_logs(CLI::App& app, int& status) {
  auto options = std::make_shared<LogsOptions>();
  CLI::App* verb = app.add_subcommand("logs", "Show the log of the core or of a function");
  verb->footer("Works without a running core. Levels and sizes are those of the group's loggers.");
  verb->add_option("NAME", options->name, "system (the core), cloud (the control plane), or a function's name or ARN")
      ->capture_default_str();
  verb->add_flag("-f,--follow", options->follow, "Go on printing what is added");
  verb->add_option("-n,--lines", options->lines, "How many lines to begin with")
      ->type_name("N")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
  verb->add_flag("--why", options->why, "Show why workers ended instead, at most as many as --lines says");
  add_root(*verb, options->root);
  verb->callback([options, &status] {
    if (const auto shown = options->why ? show_exits(*options) : show_log(*options); !shown)
      status = fail("logs", for_the_owner(shown.error()));
  });
}

}  // namespace fescue::cli
