// The mounts of a process, from the text of /proc/self/mountinfo (proc(5)). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fescue {

struct MountInfo {
  std::string id;      // of the mount
  std::string device;  // "MAJOR:MINOR" of its file system
  std::string root;    // the directory of the file system that is shown
  std::string point;   // where
  std::string type;
  std::string options;  // of the file system, not of this mount
};

/// In the order in which they were mounted. Lines of another form are left out.
std::vector<MountInfo> parse_mountinfo(std::string_view text);

}  // namespace fescue
