// The JVM's options by memory and by what the function chose itself, then class path and archive.
#include "functions/launch/java_command.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include <fmt/format.h>

namespace fescue {

namespace {

constexpr std::string_view kMainClass = "com.amazonaws.greengrass.runtime.LambdaRuntime";
constexpr std::uint64_t kBesidesHeapKb = 128 * 1024;  // of a large limit; of a small one half
constexpr std::uint64_t kFirstHeapKb = 8 * 1024;
constexpr std::uint64_t kLeastHeapForG1Kb = 96 * 1024;
constexpr std::string_view kArchiveEnding = ".jsa";
constexpr std::string_view kG1ArchiveEnding = ".g1.jsa";

/// Two collectors are an error of the command line.
bool names_collector(std::string_view options) {
  for (std::size_t at = options.find("-XX:+Use"); at != std::string_view::npos; at = options.find("-XX:+Use", at + 1)) {
    if (options.substr(at, options.find_first_of(" \t\n", at) - at).ends_with("GC")) return true;
  }
  return false;
}

/// JVMs refuse a first heap above the largest one.
bool names_heap(std::string_view options) {
  return options.find("-Xmx") != std::string_view::npos || options.find("HeapSize") != std::string_view::npos;
}

/// Whether the function's owner does.
bool chooses(bool (*names)(std::string_view), const FunctionConfig& function,
             const std::vector<std::string>& exec_args) {
  if (std::ranges::any_of(exec_args, names)) return true;
  const auto variable = function.environment.find("JAVA_TOOL_OPTIONS");
  return variable != function.environment.end() && names(variable->second);
}

/// What a container's limit leaves for the heap.
std::uint64_t largest_heap_kb(const FunctionConfig& function) {
  const std::uint64_t limit = memory_limit_kb(function);
  return std::max(limit / 2, limit - std::min(limit, kBesidesHeapKb));
}

/// G1 gives an array of more than 512 KB whole megabytes of its own: of a small heap that is too much.
bool is_small(const FunctionConfig& function) {
  return function.isolation == Isolation::container && largest_heap_kb(function) < kLeastHeapForG1Kb;
}

void add_collector(std::vector<std::string>& out, const FunctionConfig& function, std::string_view archive) {
  if (archive.ends_with(kG1ArchiveEnding) && !is_small(function)) {
    // As few threads as the serial one has; its service would wake three times a second.
    out.insert(out.end(), {"-XX:+UseG1GC", "-XX:ParallelGCThreads=1", "-XX:ConcGCThreads=1",
                           "-XX:G1ConcRefinementServiceIntervalMillis=10000"});
  } else {
    out.emplace_back("-XX:+UseSerialGC");
  }
}

void add_heap(std::vector<std::string>& out, const FunctionConfig& function,
              const std::vector<std::string>& exec_args) {
  if (chooses(names_heap, function, exec_args)) return;
  if (function.isolation != Isolation::container) {  // the JVM would begin with a 64th of the machine's memory
    out.push_back(fmt::format("-Xms{}k", kFirstHeapKb));
    return;
  }
  const std::uint64_t most = largest_heap_kb(function);
  out.push_back(fmt::format("-Xms{}k", std::min(most, kFirstHeapKb)));
  out.push_back(fmt::format("-Xmx{}k", most));
}

/// Archives are made with this relative path (tools/archive_java), which JVMs compare: it holds in every container.
std::string runtime_jar(const WorkerPlaces& places) {
  const bool is_container = places.package == "/lambda" && places.runtimes == "/runtime";
  return (is_container ? "../runtime" : places.runtimes) + "/java/runtime.jar";
}

}  // namespace

std::vector<std::string> java_arguments(const FunctionConfig& function, const WorkerSettings& settings,
                                        const std::vector<std::string>& exec_args) {
  const std::string folder = settings.places.runtimes + "/java";
  std::vector<std::string> out{function.runtime, "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
                               "-Xshare:auto",   "-Dfile.encoding=UTF-8",   "-Djdk.reflect.useNativeAccessorOnly=true"};
  if (!chooses(names_collector, function, exec_args)) add_collector(out, function, settings.class_archive);
  if (!settings.class_archive.empty()) {
    out.push_back(fmt::format("-XX:SharedArchiveFile={}/{}", folder, settings.class_archive));
    out.emplace_back("-Xlog:disable");  // or the JVM would complain when it does not fit
  }
  add_heap(out, function, exec_args);
  out.emplace_back("-cp");
  // The working directory is the package; its path has colons, which part the entries of a class path.
  out.push_back(fmt::format("{0}:.:*:lib/*:{1}/interfaces.jar:{1}/sdk.jar", runtime_jar(settings.places), folder));
  out.insert(out.end(), exec_args.begin(), exec_args.end());
  out.emplace_back(kMainClass);
  out.push_back("--handler=" + function.handler);
  return out;
}

std::string class_archive(const std::string& runtimes, const std::string& interpreter) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(interpreter.c_str(), nullptr), &::free);
  struct stat archive, jar, java;
  if (!real || ::stat((runtimes + "/java/runtime.jar").c_str(), &jar) != 0 || ::stat(real.get(), &java) != 0) return "";
  std::string name(real.get() + 1);
  std::ranges::replace(name, '/', '-');
  for (const std::string_view ending : {kArchiveEnding, kG1ArchiveEnding}) {
    if (::stat(fmt::format("{}/java/{}{}", runtimes, name, ending).c_str(), &archive) != 0) continue;
    // A package manager sets the time of a JVM's files to that of its build, but not their time of change.
    if (archive.st_mtime >= jar.st_mtime && archive.st_mtime >= java.st_ctime) return name.append(ending);
  }
  return "";
}

}  // namespace fescue
