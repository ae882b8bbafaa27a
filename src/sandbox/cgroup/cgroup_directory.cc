// openat(2)-relative reading, writing and listing of a cgroup, and killing the processes in it.
#include "sandbox/cgroup/cgroup_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/clock.h"
#include "base/text/parse_number.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxFile = 64 * 1024;
constexpr int kRound = 10;  // milliseconds between two tries

/// Takes the first line off `text`.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

}  // namespace

Result<std::string> read_small_file(int directory, const std::string& path) {
  const Fd file(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno_error("open " + path);
  std::string text(kMaxFile, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0) return errno_error("read " + path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

Result<CgroupDirectory> CgroupDirectory::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return errno_error("open " + path);
  return CgroupDirectory(std::move(fd), path);
}

Result<CgroupDirectory> CgroupDirectory::open_child(const std::string& name) const {
  const std::string path = path_ + "/" + name;
  Fd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return errno_error("open " + path);
  return CgroupDirectory(std::move(fd), path);
}

Result<CgroupDirectory> CgroupDirectory::make_child(const std::string& name) const {
  if (::mkdirat(fd_.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
    return errno_error("make " + path_ + "/" + name);
  FESCUE_TRY(made, open_child(name));
  // Readable whatever the umask is, since the core looks up the inode of a worker's group. Not every host permits it.
  static_cast<void>(::fchmod(made.fd_.get(), 0755));
  return made;
}

std::vector<std::string> CgroupDirectory::children() const {
  std::vector<std::string> names;
  Fd reopened(::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(reopened ? ::fdopendir(reopened.release()) : nullptr, &::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

Result<void> CgroupDirectory::remove_child(const std::string& name, std::chrono::milliseconds timeout) const {
  const auto deadline = steady_now() + timeout;
  while (true) {
    const int number = remove_once(name);
    if (number == 0) return ok();
    if (number != EBUSY || steady_now() >= deadline) return errno_error("remove " + path_ + "/" + name, number);
    ::poll(nullptr, 0, kRound);
  }
}

/// The child, else what can be removed below it; errno.
int CgroupDirectory::remove_once(const std::string& name) const {
  if (::unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
  const int number = errno;
  if (number != EBUSY) return number;
  const auto child = open_child(name);
  if (!child) return number;
  for (const auto& below : child->children()) child->remove_once(below);
  return ::unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

Result<void> CgroupDirectory::write(const std::string& file, std::string_view text) const {
  const Fd fd(::openat(fd_.get(), file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno_error("open " + path_ + "/" + file);
  if (::write(fd.get(), text.data(), text.size()) < 0) {
    return errno_error("write " + std::string(text) + " to " + path_ + "/" + file);
  }
  return ok();
}

Result<std::string> CgroupDirectory::read(const std::string& file) const { return read_small_file(fd_.get(), file); }

bool CgroupDirectory::has(const std::string& file) const { return ::faccessat(fd_.get(), file.c_str(), F_OK, 0) == 0; }

std::optional<std::uint64_t> CgroupDirectory::number(const std::string& file) const {
  const auto text = read(file);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  return parse_number<std::uint64_t>(next_line(rest));
}

std::optional<std::uint64_t> CgroupDirectory::number_of(const std::string& file, std::string_view key) const {
  const auto text = read(file);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ' ') {
      return parse_number<std::uint64_t>(line.substr(key.size() + 1));
    }
  }
  return std::nullopt;
}

std::vector<pid_t> CgroupDirectory::processes() const {
  std::vector<pid_t> pids;
  const auto text = read("cgroup.procs");
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    if (const auto pid = parse_number<pid_t>(next_line(rest))) pids.push_back(*pid);
  }
  return pids;
}

bool CgroupDirectory::kill_once() const {
  bool found = false;
  for (const auto& name : children()) {
    const auto child = open_child(name);
    found |= child && child->kill_once();
  }
  for (const pid_t pid : processes()) {
    found = true;
    if (pid > 0) ::kill(pid, SIGKILL);  // 0: of a pid namespace that this process does not see
  }
  return found;
}

void CgroupDirectory::kill_processes(std::chrono::milliseconds timeout) const {
  const auto deadline = steady_now() + timeout;
  while (kill_once() && steady_now() < deadline) ::poll(nullptr, 0, kRound);
}

}  // namespace fescue
