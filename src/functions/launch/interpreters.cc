// Candidates from configuration, directories and JDKs, the nearest of them, and who may run it.
#include "functions/launch/interpreters.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/paths.h"

namespace fescue {

namespace {

bool may_execute(const struct stat& status, const UserIds& user) {
  if (user.uid == 0) return S_ISDIR(status.st_mode) || (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  if (status.st_uid == user.uid) return (status.st_mode & S_IXUSR) != 0;
  if (status.st_gid == user.gid) return (status.st_mode & S_IXGRP) != 0;
  return (status.st_mode & S_IXOTH) != 0;
}

Result<void> check_entry(const std::string& path, const UserIds& user) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return errno_error(path);
  if (may_execute(status, user)) return ok();
  if (S_ISREG(status.st_mode) && (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
    return Error(Code::permission_denied,
                 fmt::format("{} is not executable (mode {:04o}); chmod +x it", path, status.st_mode & 07777));
  }
  return Error(Code::permission_denied, fmt::format("{} is closed to uid {} (mode {:04o}, owner {}:{})", path, user.uid,
                                                    status.st_mode & 07777, status.st_uid, status.st_gid));
}

/// Every directory on the way to the last entry, but for the way to `opened`.
Result<void> check_directories(const std::string& path, const UserIds& user, const std::string& opened) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string directory = path.substr(0, slash);
    if (opened.empty() || !is_within(opened, directory)) FESCUE_CHECK(check_entry(directory, user));
  }
  return ok();
}

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
  if (!real) return errno_error(path);
  return std::string(real.get());
}

Result<void> check_way(const std::string& path, const UserIds& user, const std::string& opened) {
  FESCUE_CHECK(check_directories(path, user, opened));
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return errno_error(path);
  if (!S_ISREG(status.st_mode)) return Error(Code::permission_denied, path + " is not a file");
  return check_entry(path, user);
}

Error unusable(const std::string& runtime, const Error& why) {
  return Error(why.code() == Code::not_found ? Code::not_found : Code::permission_denied,
               fmt::format("runtime {}: {}; install the interpreter where functions can run it, or name another under "
                           "fescue.runtimes in config.json",
                           runtime, why.message()));
}

struct Candidate {
  std::string path;
  RuntimeVersion version;
};

/// What a file of a directory of programs is, by its name or by what it says when asked.
std::optional<RuntimeVersion> version_of(const std::filesystem::path& path, RuntimeFamily family,
                                         VersionProbe& versions) {
  const std::string name = path.filename();
  if (family == RuntimeFamily::node && (name == "node" || name == "nodejs")) return versions.node(path);
  if (family == RuntimeFamily::java && name == "java") return versions.java(path);
  return parse_runtime(name);
}

/// What the configuration, the names in the directories and, for Java, the JDKs say, of one family.
std::vector<Candidate> candidates_of(RuntimeFamily family, const InterpreterSearch& search) {
  std::vector<Candidate> out;
  const auto add = [&](std::string path, const std::optional<RuntimeVersion>& version) {
    if (version && version->family == family) out.push_back({std::move(path), *version});
  };
  for (const auto& [runtime, path] : search.configured) add(path, parse_runtime(runtime));
  for (const std::string& directory : search.directories) {
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator(directory, unreadable)) {
      add(entry.path(), version_of(entry.path(), family, *search.versions));
    }
  }
  std::error_code unreadable;
  const std::string jvms = family == RuntimeFamily::java ? search.jvms : "";
  for (const auto& entry : std::filesystem::directory_iterator(jvms, unreadable)) {
    const std::string path = entry.path() / "bin/java";
    if (std::filesystem::exists(path, unreadable)) add(path, search.versions->java(path));
  }
  std::ranges::sort(out, {}, &Candidate::path);  // directories have no order
  return out;
}

/// What may run `wanted`, whoever may execute it.
std::vector<Candidate> candidates_for(const RuntimeVersion& wanted, const InterpreterSearch& search) {
  std::vector<Candidate> out = candidates_of(wanted.family, search);
  std::erase_if(
      out, [&](const Candidate& each) { return !is_exactly(each.version, wanted) && !is_newer(each.version, wanted); });
  return out;
}

/// The usable candidate that is closest to `wanted`; with a remark, and never when strict, if it is newer.
std::optional<Interpreter> nearest(const RuntimeVersion& wanted, const std::string& runtime,
                                   const InterpreterSearch& search, const UserIds& user) {
  std::vector<Candidate> candidates = candidates_for(wanted, search);
  std::ranges::stable_sort(candidates, [&](const Candidate& a, const Candidate& b) {
    const bool exact = is_exactly(a.version, wanted);
    if (exact != is_exactly(b.version, wanted)) return exact;
    return is_newer(b.version, a.version);
  });
  for (const Candidate& candidate : candidates) {
    if (!check_executable(candidate.path, user)) continue;
    if (is_exactly(candidate.version, wanted)) return Interpreter{candidate.path, ""};
    if (search.strict) return std::nullopt;
    return Interpreter{candidate.path, fmt::format("there is no {}; {}, which is {}, runs it", runtime, candidate.path,
                                                   candidate.version.str())};
  }
  return std::nullopt;
}

}  // namespace

Result<void> check_executable(const std::string& path, const UserIds& user, const std::string& opened) {
  FESCUE_TRY(real, real_path(path));
  FESCUE_CHECK(check_way(path, user, opened));
  const auto really_opened = real_path(opened);
  return check_way(real, user, really_opened ? *really_opened : "");
}

Result<void> check_passable(const std::string& directory, const UserIds& user) {
  FESCUE_CHECK(check_directories(directory, user, ""));
  return check_entry(directory, user);
}

Result<Interpreter> choose_interpreter(const std::string& runtime, const InterpreterSearch& search,
                                       const UserIds& user) {
  if (const auto named = search.configured.find(runtime); named != search.configured.end()) {
    if (const auto usable = check_executable(named->second, user); !usable) return unusable(runtime, usable.error());
    return Interpreter{named->second, ""};
  }
  std::optional<Error> refusal;
  for (const std::string& directory : search.directories) {
    std::string path = directory + "/" + runtime;
    const auto usable = check_executable(path, user);
    if (usable) return Interpreter{std::move(path), ""};
    if (usable.error().code() != Code::not_found && !refusal) refusal = usable.error();
  }
  if (const auto wanted = parse_runtime(runtime)) {
    if (auto found = nearest(*wanted, runtime, search, user)) return std::move(*found);
  }
  const Error absent(Code::not_found,
                     fmt::format("there is no {} in {}", runtime, fmt::join(search.directories, " or ")));
  return unusable(runtime, refusal.value_or(absent));
}

std::vector<FoundInterpreter> list_interpreters(const InterpreterSearch& search, const UserIds& user) {
  std::vector<FoundInterpreter> out;
  std::set<std::string> seen;
  for (const RuntimeFamily family : kRuntimeFamilies) {
    std::vector<Candidate> candidates = candidates_of(family, search);
    std::ranges::stable_sort(candidates, {}, [](const Candidate& each) {
      return std::pair(-each.version.major, -each.version.minor.value_or(0));
    });
    for (Candidate& each : candidates) {
      const std::unique_ptr<char, void (*)(void*)> real(::realpath(each.path.c_str(), nullptr), &::free);
      if (!seen.insert(real ? real.get() : each.path).second) continue;
      auto usable = check_executable(each.path, user);
      out.push_back({std::move(each.path), each.version, std::move(usable)});
    }
  }
  return out;
}

}  // namespace fescue
