// Directories that root makes for an unprivileged user and into which it comes back at the next start, when that user
// may have put anything there. So no link is followed below the root of the tree, nothing of anybody else's is handed
// over, and the directories on the way stay root's: their owner could exchange what is in them for something else.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "sys/process/privileges.h"

namespace fescue {

enum class DirectoryOwner {
  root,  // taken back if it is another user's
  user,  // handed over if it is root's; left to the user where its parent is the user's already
};

struct OwnedDirectory {
  std::string path;  // below the tree's root, "ggc/var/log"
  mode_t mode;       // of one that is made here, or changes its owner
  DirectoryOwner owner;
};

/// Makes what is missing, in that order, and parents that are not listed as root's with 0755. Without a `user`
/// everything is the caller's and nothing changes its owner. `root` exists; links on the way to it are its owner's
/// business. Errors: conflict for a link or a file where a directory is to be, and for a directory of a third party.
Result<void> make_owned_directories(const std::string& root, std::span<const OwnedDirectory> directories,
                                    const std::optional<UserIds>& user);

}  // namespace fescue
