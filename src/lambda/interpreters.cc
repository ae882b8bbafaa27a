#include "lambda/interpreters.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  return Error(Code::permission_denied, fmt::format("{} is closed to uid {} (mode {:04o}, owner {}:{})", path, user.uid,
                                                    status.st_mode & 07777, status.st_uid, status.st_gid));
}

/// Every directory on the way to the last entry.
Result<void> check_directories(const std::string& path, const UserIds& user) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    FESCUE_CHECK(check_entry(path.substr(0, slash), user));
  }
  return ok();
}

Result<void> check_way(const std::string& path, const UserIds& user) {
  FESCUE_CHECK(check_directories(path, user));
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

}  // namespace

Result<void> check_executable(const std::string& path, const UserIds& user) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
  if (!real) return errno_error(path);
  FESCUE_CHECK(check_way(path, user));
  return check_way(real.get(), user);
}

Result<void> check_passable(const std::string& directory, const UserIds& user) {
  FESCUE_CHECK(check_directories(directory, user));
  return check_entry(directory, user);
}

Result<std::string> find_interpreter(const std::string& runtime, const InterpreterSearch& search, const UserIds& user) {
  if (const auto named = search.configured.find(runtime); named != search.configured.end()) {
    if (const auto usable = check_executable(named->second, user); !usable) return unusable(runtime, usable.error());
    return named->second;
  }
  std::optional<Error> refusal;
  for (const std::string& directory : search.directories) {
    std::string path = directory + "/" + runtime;
    const auto usable = check_executable(path, user);
    if (usable) return path;
    if (usable.error().code() != Code::not_found && !refusal) refusal = usable.error();
  }
  const Error absent(Code::not_found,
                     fmt::format("there is no {} in {}", runtime, fmt::join(search.directories, " or ")));
  return unusable(runtime, refusal.value_or(absent));
}

}  // namespace fescue
