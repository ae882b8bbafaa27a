// Where a destination really is: the links that a start follows (sandbox/container/place.h), such as /lib -> usr/lib,
// followed on the host before anything is started.
#pragma once

#include <string>

namespace fescue {

/// `path` itself where there are none, where they could be others' than root's, or where this process may not look:
/// then the start decides. `path` is absolute and normal.
std::string real_place(const std::string& path);

}  // namespace fescue
