// Versions in names of runtimes, in what `node` and `java` print, and in a JDK's release file.
#include "functions/launch/interpreter_version.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/fd.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kTimeout{2000};
constexpr std::size_t kLongestAnswer = 64;
constexpr std::size_t kLongestRelease = 16 * 1024;

/// Takes digits from the front of `text`.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// "MAJOR.MINOR" at the front of `text`.
std::optional<RuntimeVersion> take_version(RuntimeFamily family, std::string_view& text) {
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  if (family == RuntimeFamily::node && text == "x") {
    text.remove_prefix(1);
    return RuntimeVersion{family, *major, std::nullopt};
  }
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  return RuntimeVersion{family, *major, minor};
}

/// "8", "17", "8.al2".
std::optional<RuntimeVersion> parse_java_runtime(std::string_view text) {
  const auto major = take_number(text);
  if (!major || !(text.empty() || text == ".al2")) return std::nullopt;
  return RuntimeVersion{RuntimeFamily::java, *major, std::nullopt};
}

/// "17.0.15", "1.8.0_402", "21-ea" at the front of `text`.
std::optional<RuntimeVersion> take_java_version(std::string_view text) {
  if (text.starts_with("1.")) text.remove_prefix(2);
  const auto major = take_number(text);
  if (!major) return std::nullopt;
  return RuntimeVersion{RuntimeFamily::java, *major, std::nullopt};
}

std::optional<RuntimeVersion> java_version_after(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  return at == std::string_view::npos ? std::nullopt : take_java_version(text.substr(at + words.size()));
}

/// JDK/release of JDK/bin/java; empty when there is none.
std::string release_file(const std::string& java) {
  std::error_code failure;
  const std::filesystem::path real = std::filesystem::canonical(java, failure);
  if (failure) return "";
  std::ifstream file(real.parent_path().parent_path() / "release");
  std::string text(kLongestRelease, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

/// At most kLongestAnswer bytes, until the end or until timeout ends.
std::string read_answer(int descriptor) {
  const auto end = std::chrono::steady_clock::now() + kTimeout;
  std::string answer;
  while (answer.size() < kLongestAnswer) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd waiting{descriptor, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
    std::array<char, kLongestAnswer> buffer;
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

enum class PrintsTo { standard_output, standard_error };

/// What `path option` prints, with an empty environment. The program does not outlive this call.
std::string ask(const std::string& path, std::string option, PrintsTo prints_to) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "";
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const int read_from = prints_to == PrintsTo::standard_output ? 1 : 2;
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), read_from);
  ::posix_spawn_file_actions_addopen(&actions, 3 - read_from, "/dev/null", O_WRONLY, 0);
  std::string program = path;
  const std::array<char*, 3> arguments{program.data(), option.data(), nullptr};
  const std::array<char*, 1> environment{nullptr};
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  writer.reset();
  if (failure != 0) return "";
  std::string answer = read_answer(reader.get());
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return answer;
}

}  // namespace

std::string_view name_of(RuntimeFamily family) {
  switch (family) {
    case RuntimeFamily::python:
      return "Python";
    case RuntimeFamily::node:
      return "Node.js";
    case RuntimeFamily::java:
      return "Java";
  }
  return "";
}

std::string RuntimeVersion::str() const {
  return minor ? fmt::format("{} {}.{}", name_of(family), major, *minor) : fmt::format("{} {}", name_of(family), major);
}

std::string RuntimeVersion::runtime() const {
  switch (family) {
    case RuntimeFamily::python:
      return minor ? fmt::format("python{}.{}", major, *minor) : fmt::format("python{}", major);
    case RuntimeFamily::node:
      return fmt::format("nodejs{}.x", major);
    case RuntimeFamily::java:
      return fmt::format("java{}", major);
  }
  return "";
}

std::optional<RuntimeVersion> parse_runtime(std::string_view runtime) {
  if (runtime.starts_with("java")) return parse_java_runtime(runtime.substr(4));
  RuntimeFamily family = RuntimeFamily::python;
  if (runtime.starts_with("nodejs")) family = RuntimeFamily::node;
  if (family == RuntimeFamily::python && !runtime.starts_with("python")) return std::nullopt;
  runtime.remove_prefix(6);  // of either
  const auto version = take_version(family, runtime);
  return runtime.empty() ? version : std::nullopt;
}

bool is_exactly(const RuntimeVersion& offered, const RuntimeVersion& wanted) {
  if (offered.family != wanted.family || offered.major != wanted.major) return false;
  if (offered.family == RuntimeFamily::java) return true;
  if (offered.family == RuntimeFamily::python) return offered.minor == wanted.minor;
  return !offered.minor || !wanted.minor || *offered.minor >= *wanted.minor;
}

bool is_newer(const RuntimeVersion& offered, const RuntimeVersion& wanted) {
  if (offered.family != wanted.family) return false;
  if (offered.major != wanted.major) return offered.family != RuntimeFamily::python && offered.major > wanted.major;
  return offered.minor.value_or(0) > wanted.minor.value_or(0);
}

std::optional<RuntimeVersion> parse_node_answer(std::string_view text) {
  if (!text.starts_with('v')) return std::nullopt;
  text.remove_prefix(1);
  const auto version = take_version(RuntimeFamily::node, text);
  return text.starts_with('.') ? version : std::nullopt;
}

std::optional<RuntimeVersion> VersionProbe::node(const std::string& path) {
  const auto [entry, is_new] = known_.try_emplace(path);
  if (is_new) entry->second = parse_node_answer(ask(path, "--version", PrintsTo::standard_output));
  return entry->second;
}

std::optional<RuntimeVersion> parse_java_release(std::string_view text) {
  return java_version_after(text, "JAVA_VERSION=\"");
}

std::optional<RuntimeVersion> parse_java_answer(std::string_view text) {
  return java_version_after(text, " version \"");
}

std::optional<RuntimeVersion> VersionProbe::java(const std::string& path) {
  const auto [entry, is_new] = known_.try_emplace(path);
  if (!is_new) return entry->second;
  entry->second = parse_java_release(release_file(path));
  if (!entry->second) entry->second = parse_java_answer(ask(path, "-version", PrintsTo::standard_error));
  return entry->second;
}

}  // namespace fescue
