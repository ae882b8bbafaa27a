// Who may read deployed code: the users that functions run as with it, and nobody else of this machine. A package has
// the core's user as its owner; the others come and go with groups, and the core, which is not root then, can give
// nothing away. So they are named in the access list (acl(5)) of the package's directory, behind which files keep their
// ordinary modes. What is above it can be passed, and not listed, by everybody.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>

#include "base/result.h"

namespace fescue {

enum class CodeReaders {
  users,      // those that were asked for
  everybody,  // the file system keeps no access lists
};

/// From now on these users and the owner, who must be this process's user, can enter `directory`. In one step: whoever
/// could before and still may does not notice.
Result<CodeReaders> open_code_to(const std::string& directory, const std::set<uid_t>& users);

}  // namespace fescue
