// Splitting the lines of mountinfo, and its escapes.
#include "base/text/mount_info.h"

#include <algorithm>

#include "base/text/split.h"

namespace fescue {

namespace {

// "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue": any number of fields before "-".
constexpr std::size_t kId = 0;
constexpr std::size_t kDevice = 2;
constexpr std::size_t kRoot = 3;
constexpr std::size_t kPoint = 4;
constexpr std::size_t kLeastFields = 6;
constexpr std::size_t kFieldsOfSystem = 3;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// Blanks, line feeds and backslashes stand there as a backslash and three octal digits.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view digits = text.substr(i + 1, 3);
    if (text[i] != '\\' || digits.size() < 3 || !std::ranges::all_of(digits, is_octal)) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
    i += digits.size();
  }
  return plain;
}

}  // namespace

std::vector<MountInfo> parse_mountinfo(std::string_view text) {
  std::vector<MountInfo> mounts;
  for (const auto line : split(text, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto mount = split(line.substr(0, dash), ' ');
    const auto system = split(line.substr(dash + 3), ' ');
    if (mount.size() < kLeastFields || system.size() < kFieldsOfSystem) continue;
    mounts.push_back({.id = std::string(mount[kId]),
                      .device = std::string(mount[kDevice]),
                      .root = unescape(mount[kRoot]),
                      .point = unescape(mount[kPoint]),
                      .type = std::string(system[0]),
                      .options = std::string(system[2])});
  }
  return mounts;
}

}  // namespace fescue
