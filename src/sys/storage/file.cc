// The real file system: writes that are synchronised with their directories before they are reported done.
#include "sys/storage/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"

namespace fescue {

namespace {

namespace fs = std::filesystem;

std::string parent_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Result<void> sync_directory(const std::string& path) {
  const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno_error(path);
  if (::fsync(directory.get()) != 0) return errno_error(path);
  return ok();
}

Result<void> write_new_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return errno_error(path);
  if (::fchmod(file.get(), mode) != 0) return errno_error(path);
  if (auto written = write_all(file.get(), bytes); !written) return written.error().in(path);
  if (::fsync(file.get()) != 0) return errno_error(path);
  return ok();
}

Result<void> make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) {
    const int number = errno;
    if (fs::is_directory(path)) return ok();
    return errno_error(path, number);
  }
  const Fd made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made || ::fchmod(made.get(), mode) != 0) return errno_error(path);
  return sync_directory(parent_of(path));
}

/// Whoever may write into a directory can put a pipe in place of a file, which to open would wait for ever.
Result<Fd> open_regular(const std::string& path, struct stat& found) {
  Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &found) != 0) return errno_error(path);
  if (!S_ISREG(found.st_mode)) return Error(Code::invalid_argument, path + ": is not a regular file");
  return file;
}

class RealFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path, std::size_t max_bytes) override {
    struct stat found {};
    FESCUE_TRY(file, open_regular(path, found));
    std::string bytes;
    char buffer[16384];
    while (true) {
      const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno_error(path);
      if (count == 0) return bytes;
      if (bytes.size() + static_cast<std::size_t>(count) > max_bytes) {
        return Error(Code::too_large, fmt::format("{}: larger than {} bytes", path, max_bytes));
      }
      bytes.append(buffer, static_cast<std::size_t>(count));
    }
  }

  Result<OpenFile> open(const std::string& path) override {
    struct stat found {};
    FESCUE_TRY(file, open_regular(path, found));
    return OpenFile(path, std::move(file), static_cast<std::uint64_t>(found.st_size));
  }

  Result<void> write_atomically(const std::string& path, std::string_view bytes, mode_t mode) override {
    const std::string beside = fmt::format("{}.{}.tmp", path, random_alphanumeric(12));
    Result<void> written = write_new_file(beside, bytes, mode);
    if (written) written = rename(beside, path);
    if (!written) ::unlink(beside.c_str());
    return written;
  }

  Result<void> make_directories(const std::string& path, mode_t mode) override {
    fs::path prefix;
    for (const fs::path& part : fs::path(path)) {
      prefix /= part;
      FESCUE_CHECK(make_directory(prefix.string(), mode));
    }
    return ok();
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return errno_error(fmt::format("{} to {}", from, to));
    return sync_directory(parent_of(to));
  }

  Result<void> remove_tree(const std::string& path) override {
    std::error_code failure;
    const auto removed = fs::remove_all(path, failure);
    if (failure) return errno_error(path, failure.value());
    if (removed == 0) return ok();
    return sync_directory(parent_of(path));
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::error_code failure;
    std::vector<std::string> names;
    fs::directory_iterator entry(directory, failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
      names.push_back(entry->path().filename().string());
    }
    if (failure) return errno_error(directory, failure.value());
    std::ranges::sort(names);
    return names;
  }

  bool exists(const std::string& path) override {
    struct stat ignored;
    return ::lstat(path.c_str(), &ignored) == 0;
  }
};

}  // namespace

Result<std::string> OpenFile::read(std::uint64_t offset, std::size_t count) const {
  std::string bytes;
  if (offset >= size_) return bytes;
  bytes.resize(std::min<std::uint64_t>(count, size_ - offset));
  for (std::size_t have = 0; have < bytes.size();) {
    const ssize_t got =
        ::pread(file_.get(), bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(path_);
    if (got == 0) return Error(Code::io, path_ + ": the file has become shorter");
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

FileSystem& real_file_system() {
  static RealFileSystem files;
  return files;
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

}  // namespace fescue
