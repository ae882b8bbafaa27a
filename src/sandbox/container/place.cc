// A walk from the root, one name at a time.
#include "sandbox/container/place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr int kMaxLinks = 40;  // as the kernel's own walks
constexpr std::size_t kMaxTarget = 4096;

struct Step {
  std::string path;  // empty for the root
  Fd fd;
};

Result<struct stat> status_of(const Fd& file, const std::string& path) {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return errno_error("look at " + path);
  return status;
}

Result<std::uint64_t> mount_of(const Fd& file) {
  struct statx status;
  if (::statx(file.get(), "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0) return errno_error("look at a mount");
  return status.stx_mnt_id;
}

/// The names of a path, the first one last.
std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (!name.empty() && name != ".") names.emplace_back(name);
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return names;
}

Error not_made(const std::string& kind, const std::string& path) {
  if (errno != EROFS) return errno_error("make the " + kind + " " + path);
  return Error(Code::conflict, "there is no " + path + " and none can be made: what it would lie in is read-only");
}

class PlaceWalk {
 public:
  PlaceWalk(std::string path, MountPoint kind, const WrittenByFunctions& written)
      : path_(std::move(path)), kind_(kind), written_(written), left_(names_of(path_)) {}

  Result<Fd> run() {
    FESCUE_CHECK(begin());
    FESCUE_TRY(root_mount, mount_of(way_.back().fd));
    root_mount_ = root_mount;
    while (!left_.empty()) FESCUE_CHECK(take_step());
    FESCUE_TRY(status, status_of(way_.back().fd, path_));
    if (S_ISDIR(status.st_mode) == (kind_ == MountPoint::directory)) return std::move(way_.back().fd);
    return Error(Code::conflict, path_ +
                                     (S_ISDIR(status.st_mode) ? " is a directory on the host, so only a directory"
                                                              : " is not a directory on the host, so only a file") +
                                     " can be attached there");
  }

 private:
  Result<void> begin() {
    way_.clear();
    way_.push_back({"", Fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC))});
    if (!way_.back().fd) return errno_error("open the root");
    return ok();
  }

  Result<void> take_step() {
    const std::string name = std::move(left_.back());
    left_.pop_back();
    if (name == "..") {
      if (way_.size() > 1) way_.pop_back();
      return ok();
    }
    Step next{way_.back().path + "/" + name, open_below(name)};
    if (!next.fd && errno == ENOENT) FESCUE_CHECK(make(name, next));
    if (!next.fd && errno == ENOTDIR) {
      return Error(Code::conflict, way_.back().path + " is a file, so there is no " + path_);
    }
    if (!next.fd) return errno_error("open " + next.path);
    FESCUE_TRY(status, status_of(next.fd, next.path));
    if (S_ISLNK(status.st_mode)) return follow(next);
    way_.push_back(std::move(next));
    return ok();
  }

  Fd open_below(const std::string& name) const {
    return Fd(::openat(way_.back().fd.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  }

  Result<void> make(const std::string& name, Step& step) const {
    const int directory = way_.back().fd.get();
    if (!left_.empty() || kind_ == MountPoint::directory) {
      if (::mkdirat(directory, name.c_str(), 0755) != 0) return not_made("directory", step.path);
    } else {
      const Fd file(::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
      if (!file) return not_made("file", step.path);
    }
    step.fd = open_below(name);
    return ok();
  }

  Result<void> follow(const Step& link) {
    FESCUE_CHECK(check_is_roots(link));
    if (++links_ > kMaxLinks) return errno_error("open " + path_, ELOOP);
    std::array<char, kMaxTarget> target;
    const ssize_t size = ::readlinkat(link.fd.get(), "", target.data(), target.size());
    if (size <= 0) return errno_error("read the link " + link.path);
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    for (auto& name : names_of(text)) left_.push_back(std::move(name));
    return text.front() == '/' ? begin() : ok();
  }

  Result<void> check_is_roots(const Step& link) const {
    const Step& directory = way_.back();
    FESCUE_TRY(mount, mount_of(directory.fd));
    FESCUE_TRY(status, status_of(directory.fd, directory.path));
    const bool others_write = status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (mount == root_mount_ && !others_write && !written_(directory.path)) return ok();
    return Error(Code::permission_denied,
                 link.path + " is a symbolic link that others than root may have made; nothing is attached through it");
  }

  std::string path_;
  MountPoint kind_;
  const WrittenByFunctions& written_;
  std::vector<std::string> left_;  // names, the next one last
  std::vector<Step> way_;
  std::uint64_t root_mount_ = 0;
  int links_ = 0;
};

}  // namespace

bool leads_into(const std::string& path, const std::string& directory) {
  for (std::string_view top = path; top.size() > 1; top = parent_of(top)) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(std::string(top).c_str(), nullptr), &std::free);
    if (real) return is_within(real.get() + std::string(path.substr(top.size())), directory);
  }
  return is_within(path, directory);
}

Result<Fd> open_place(const std::string& path, MountPoint kind, const WrittenByFunctions& written) {
  return PlaceWalk(path, kind, written).run();
}

}  // namespace fescue
