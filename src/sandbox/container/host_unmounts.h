// Lets go in a container of what the host unmounts. A container's mounts are copies, which keep a file system in use
// when its owner has unmounted it to pull a disk out; and they are no slaves of the host's, since what the host mounts
// later would come in without the container's restrictions. So a monitor watches the host's list of mounts, and takes
// off whatever shows a file system that the host no longer has anywhere. Files that the function holds open stay open.
#pragma once

#include <set>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

class HostUnmounts {
 public:
  /// From now on; in the host's mount namespace, before this process leaves it.
  Result<void> watch();

  /// To wait on for POLLPRI, or -1. Then let_go().
  int event() const { return host_.get(); }
  /// In the container, with its /proc mounted.
  void let_go();

 private:
  std::set<std::string> read_host() const;

  Fd host_;  // the host's mountinfo: it goes on telling of the namespace in which it was opened
  std::set<std::string> devices_;
};

}  // namespace fescue
