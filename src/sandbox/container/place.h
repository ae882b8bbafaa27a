// Where something is attached in a container, found without being led astray: a function may have left symbolic links
// in a volume that it can write to, and the next container is put together by root.
#pragma once

#include <functional>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/container/mounts.h"

namespace fescue {

/// Whether attaching something at `path` changes what is at or below `directory`, which has no links in it: links on
/// the way are followed as far as there is one.
bool leads_into(const std::string& path, const std::string& directory);

/// Whether functions may have written what is at this path, which has no links in it.
using WrittenByFunctions = std::function<bool(const std::string& path)>;

/// Opens `path` (canonical, O_PATH) and makes what is missing on the way as root's own, the last part of that kind.
/// Links are followed, inside this root, only where root alone could have put them: on the root's own mount, in a
/// directory that others cannot write, and not where `written` says otherwise. Errors: permission_denied names the
/// link; conflict: what is there, or on the way, is of the other kind, or there is nothing and nothing can be made.
Result<Fd> open_place(const std::string& path, MountPoint kind, const WrittenByFunctions& written);

}  // namespace fescue
