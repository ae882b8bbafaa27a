// Opening beneath a directory with openat2, and S3's names for what is wrong with it.
#include "cloud/packages/directory_packages.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "model/limits.h"

namespace fescue::cloud {

namespace {

Error open_error(int number, const PackageLocation& where) {
  if (number == ELOOP || number == EXDEV) {
    return get_object_error("AccessDenied", "The path passes through a symbolic link or leads out of the directory");
  }
  if (number == EACCES || number == EPERM) {
    return get_object_error("AccessDenied", "The control plane's user may not read the file");
  }
  if (number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG) {
    return get_object_error("NoSuchKey", "The specified key does not exist.");
  }
  return errno_error(fmt::format("{}/{}", where.bucket, where.key), number);
}

Result<std::string> read_all(const Fd& file, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read the package");
    if (got == 0) break;  // it has been cut meanwhile; what it is then, the zip reader says
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Fd open_beneath(const Fd& directory, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
}

/// In two steps: a key must not lead from its bucket into another.
Result<std::string> read_beneath(const Fd& directory, const PackageLocation& where) {
  const Fd bucket = open_beneath(directory, where.bucket, O_PATH | O_DIRECTORY);
  if (!bucket) return open_error(errno, where);
  const Fd file = open_beneath(bucket, where.key, O_RDONLY | O_NONBLOCK);
  if (!file) return open_error(errno, where);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return errno_error(fmt::format("{}/{}", where.bucket, where.key));
  if (!S_ISREG(status.st_mode)) return get_object_error("NoSuchKey", "The specified key is not a file.");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > kMaxUnpackedPackageBytes) {
    return Error(Code::invalid_argument, fmt::format("The package has {} bytes; unpacked it may have no more than {}.",
                                                     size, kMaxUnpackedPackageBytes));
  }
  return read_all(file, size);
}

class DirectoryPackages final : public PackageSource {
 public:
  DirectoryPackages(Fd directory, BlockingPool& pool) : directory_(std::move(directory)), pool_(pool) {}

  Task<Result<std::string>> fetch(PackageLocation where) override {
    if (!where.version.empty()) {
      co_return get_object_error("NoSuchVersion",
                                 "A directory of packages has no versions; leave S3ObjectVersion out.");
    }
    auto work = [this, where = std::move(where)] { return read_beneath(directory_, where); };
    co_return co_await pool_.run(std::move(work));
  }

 private:
  Fd directory_;
  BlockingPool& pool_;
};

}  // namespace

std::unique_ptr<PackageSource> make_directory_packages(Fd directory, BlockingPool& pool) {
  return std::make_unique<DirectoryPackages>(std::move(directory), pool);
}

}  // namespace fescue::cloud
