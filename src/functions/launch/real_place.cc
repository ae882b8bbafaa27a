// A walk along a path, name by name, by the rules of a start.
#include "functions/launch/real_place.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string_view>

namespace fescue {

namespace {

constexpr int kMaxLinksOfPlace = 40;  // as the kernel's own walks

/// On the root's own file system, in a directory that root alone writes.
bool is_roots(const std::string& directory, dev_t root) {
  struct stat status;
  if (::lstat(directory.c_str(), &status) != 0) return false;
  return status.st_uid == 0 && status.st_dev == root && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// Where the link leads, if it is one that a start follows: absolute, or relative to its directory.
std::optional<std::string> target_of(const std::string& directory, const std::string& path, dev_t root) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size <= 0 || !is_roots(directory, root)) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

std::string without_last_name(const std::string& path) { return path.empty() ? path : path.substr(0, path.rfind('/')); }

}  // namespace

std::string real_place(const std::string& path) {
  struct stat top;
  if (::lstat("/", &top) != 0) return path;
  std::string real;  // so far; empty for the root
  std::string left = path + '/';
  for (int links = 0; !left.empty();) {
    const auto end = left.find('/');
    const std::string name = left.substr(0, end);
    left.erase(0, end + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      real = without_last_name(real);
      continue;
    }
    const std::string next = real + '/' + name;
    const auto target = target_of(real.empty() ? "/" : real, next, top.st_dev);
    if (!target) {
      real = next;
      continue;
    }
    if (++links > kMaxLinksOfPlace) return path;
    if (target->starts_with('/')) real.clear();
    left.insert(0, *target + '/');
  }
  return real.empty() ? "/" : real;
}

}  // namespace fescue
