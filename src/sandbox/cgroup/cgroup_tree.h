// The launcher's directory in one hierarchy of cgroups: PARENT/fescue-PID, locked as long as the launcher or one of its
// monitors lives.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "sandbox/cgroup/cgroup_directory.h"

namespace fescue {

class CgroupTree {
 public:
  /// Removes what dead launchers have left in `parent`, then makes a directory there. `home` is the directory of the
  /// group that the launcher is in.
  static Result<CgroupTree> make(const std::string& parent, const std::string& home);

  const CgroupDirectory& parent() const { return parent_; }
  const CgroupDirectory& directory() const { return directory_; }
  const CgroupDirectory& home() const { return home_; }
  /// Kills what is in the child and removes it. False: the kernel is still busy with it.
  bool finish(const std::string& name) const;
  /// Removes the directory itself, if there are no children. True when it is gone.
  bool remove() const;

 private:
  CgroupTree(CgroupDirectory parent, CgroupDirectory directory, CgroupDirectory home, std::string name)
      : parent_(std::move(parent)), directory_(std::move(directory)), home_(std::move(home)), name_(std::move(name)) {}

  CgroupDirectory parent_, directory_, home_;
  std::string name_;
};

}  // namespace fescue
