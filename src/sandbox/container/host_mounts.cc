// Choosing from mountinfo what a container shows.
#include "sandbox/container/host_mounts.h"

#include <algorithm>
#include <array>

namespace fescue {

namespace {

constexpr std::array<std::string_view, 24> kWindows = {
    "proc",    "sysfs",     "devtmpfs", "devpts",  "tmpfs",    "ramfs",       "mqueue", "hugetlbfs",
    "cgroup",  "cgroup2",   "debugfs",  "tracefs", "bpf",      "binfmt_misc", "pstore", "securityfs",
    "fusectl", "selinuxfs", "configfs", "autofs",  "efivarfs", "rpc_pipefs",  "nfsd",   "nsfs"};

/// The container has its own there, or nothing.
constexpr std::array<std::string_view, 5> kPrivate = {"/proc", "/sys", "/dev", "/run", "/tmp"};

/// mountinfo writes blanks and backslashes as \ooo.
std::string unescape(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      path += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      path += text[i];
    }
  }
  return path;
}

std::string_view next_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

/// Id, parent, device, root, mount point, options, optional fields, "-", type, ...
bool is_shown(std::string_view line, std::string& point) {
  for (int field = 0; field < 4; ++field) next_word(line);
  point = unescape(next_word(line));
  while (!line.empty() && next_word(line) != "-") {
  }
  const auto type = next_word(line);
  if (point.size() < 2 || type.empty() || std::ranges::find(kWindows, type) != kWindows.end()) return false;
  return std::ranges::none_of(kPrivate, [&](std::string_view top) { return is_at_or_below(point, top); });
}

}  // namespace

bool is_at_or_below(std::string_view path, std::string_view top) {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

std::vector<std::string> shown_host_mounts(std::string_view mountinfo) {
  std::vector<std::string> points;
  while (!mountinfo.empty()) {
    const auto end = std::min(mountinfo.find('\n'), mountinfo.size());
    std::string point;
    if (is_shown(mountinfo.substr(0, end), point)) points.push_back(std::move(point));
    mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
  }
  std::ranges::sort(points);  // parents first
  // One over the other: the path shows the upper one. (clang 14 cannot compile what std::ranges::unique returns.)
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace fescue
