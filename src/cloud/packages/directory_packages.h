// Packages from a directory of the owner's: the object KEY of BUCKET is the file DIR/BUCKET/KEY. Nothing outside
// the bucket's directory is read: no `..` leads out of it, no key begins with a slash, no link is followed.
#pragma once

#include <memory>

#include "base/fd.h"
#include "cloud/packages/package_source.h"
#include "sys/loop/blocking_pool.h"

namespace fescue::cloud {

/// `directory` is opened with O_PATH, so it may have been opened by who could; its files must be readable by this user.
/// The pool outlives it.
std::unique_ptr<PackageSource> make_directory_packages(Fd directory, BlockingPool& pool);

}  // namespace fescue::cloud
