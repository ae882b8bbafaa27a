// Each step goes by descriptor (openat2, RESOLVE_NO_SYMLINKS): what was looked at is what is changed.
#include "sys/storage/owned_directories.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/fd.h"

namespace fescue {

namespace {

constexpr mode_t kParentMode = 0755;

struct Opened {
  Fd directory;
  bool is_new = false;
};

Fd open_beneath(int parent, const std::string& name) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(::syscall(SYS_openat2, parent, name.c_str(), &how, sizeof how)));
}

Result<Opened> open_or_make(int parent, const std::string& name, mode_t mode) {
  Opened out;
  out.is_new = ::mkdirat(parent, name.c_str(), 0700) == 0;
  if (!out.is_new && errno != EEXIST) return errno_error(name);
  out.directory = open_beneath(parent, name);
  if (!out.directory && (errno == ELOOP || errno == ENOTDIR || errno == EXDEV)) {
    return Error(Code::conflict, "is a link or a file where a directory is to be; remove it");
  }
  if (!out.directory) return errno_error(name);
  if (out.is_new && ::fchmod(out.directory.get(), mode) != 0) return errno_error(name);
  return out;
}

Result<void> give(const Fd& directory, const UserIds& to, mode_t mode) {
  if (::fchown(directory.get(), to.uid, to.gid) != 0) return errno_error("chown");
  if (::fchmod(directory.get(), mode) != 0) return errno_error("chmod");
  return ok();
}

Result<uid_t> owner_of(const Fd& directory) {
  struct stat status {};
  if (::fstat(directory.get(), &status) != 0) return errno_error("fstat");
  return status.st_uid;
}

Result<void> set_owner(const Opened& opened, const OwnedDirectory& wish, const UserIds& user) {
  FESCUE_TRY(owner, owner_of(opened.directory));
  if (wish.owner == DirectoryOwner::root) {
    return owner == 0 ? ok() : give(opened.directory, {0, 0}, wish.mode);
  }
  if (owner == user.uid) return ok();
  if (owner == 0) return give(opened.directory, user, wish.mode);
  return Error(Code::conflict, fmt::format("belongs to uid {}, neither to root nor to uid {}", owner, user.uid));
}

Result<void> make_one(const Fd& root, const OwnedDirectory& wish, const std::optional<UserIds>& user) {
  Fd parent(::fcntl(root.get(), F_DUPFD_CLOEXEC, 0));
  std::string_view rest = wish.path;
  for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    FESCUE_TRY(next, open_or_make(parent.get(), std::string(rest.substr(0, slash)), kParentMode));
    parent = std::move(next.directory);
    rest.remove_prefix(slash + 1);
  }
  if (user && wish.owner == DirectoryOwner::user) {
    FESCUE_TRY(owner, owner_of(parent));
    if (owner == user->uid) return ok();  // who makes it without our privileges
  }
  FESCUE_TRY(opened, open_or_make(parent.get(), std::string(rest), wish.mode));
  return user ? set_owner(opened, wish, *user) : ok();
}

}  // namespace

Result<void> make_owned_directories(const std::string& root, std::span<const OwnedDirectory> directories,
                                    const std::optional<UserIds>& user) {
  const Fd opened(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return errno_error(root);
  for (const OwnedDirectory& each : directories) {
    if (auto made = make_one(opened, each, user); !made) return made.error().in(root + "/" + each.path);
  }
  return ok();
}

}  // namespace fescue
