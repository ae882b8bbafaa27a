// Reading a zip with libarchive under our own checks, and making its files below one directory that nothing can lead
// out of.
#include "sys/storage/archive.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "base/assert.h"
#include "base/fd.h"
#include "base/text/paths.h"
#include "base/text/utf8.h"
#include "sys/storage/archive_links.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxComponent = 255;  // NAME_MAX of every usual file system

Error refused(std::string_view entry, std::string_view why) {
  return Error(Code::invalid_argument, fmt::format("zip entry \"{}\": {}", entry.substr(0, 200), why));
}

/// libarchive converts names to the locale's character set; within this scope that is UTF-8, for this thread only.
class Utf8Scope {
 public:
  Utf8Scope() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    FESCUE_ASSERT(utf8_ != nullptr);
    previous_ = ::uselocale(utf8_);
  }
  ~Utf8Scope() {
    ::uselocale(previous_);
    ::freelocale(utf8_);
  }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  locale_t utf8_, previous_;
};

/// An end record and nothing before it, which libarchive does not take for a zip.
bool is_empty_zip(std::string_view zip) {
  return zip.size() >= 22 && zip.starts_with("PK\x05\x06") && zip.substr(8, 4) == std::string_view("\0\0\0\0", 4);
}

/// "./a//b/" to "a/b"; "" for the root itself.
Result<std::string> normalised(std::string_view raw, const ArchiveLimits& limits) {
  if (raw.empty()) return refused(raw, "the name is empty");
  if (raw.size() > limits.name_bytes) return refused(raw, "the name is too long");
  if (!is_valid_utf8(raw)) return Error(Code::invalid_argument, "a zip entry has a name that is not UTF-8");
  if (raw.starts_with('/')) return refused(raw, "the name is absolute");
  std::string name;
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return refused(raw, "the name contains \"..\"");
    if (part.size() > kMaxComponent) return refused(raw, "the name has a part of more than 255 bytes");
    if (!name.empty()) name += '/';
    name += part;
  }
  return name;
}

/// The names seen so far, with the directories that they imply.
class NameTree {
 public:
  explicit NameTree(std::size_t max_entries) : max_entries_(max_entries) {}

  Result<void> add(const ArchiveEntry& entry) {
    for (std::size_t slash = entry.name.find('/'); slash != std::string::npos;
         slash = entry.name.find('/', slash + 1)) {
      FESCUE_CHECK(add_one(entry.name.substr(0, slash), Kind::directory));
    }
    return add_one(entry.name, entry.is_directory ? Kind::directory : Kind::file);  // a link is like a file
  }

 private:
  enum class Kind { file, directory };

  Result<void> add_one(const std::string& name, Kind kind) {
    const auto [place, is_new] = kinds_.emplace(name, kind);
    if (!is_new && (kind == Kind::file || place->second == Kind::file)) {
      return refused(name, "there is another entry of that name");
    }
    if (kinds_.size() > max_entries_) {
      return Error(Code::too_large, fmt::format("the zip has more than {} entries", max_entries_));
    }
    return ok();
  }

  std::size_t max_entries_;
  std::unordered_map<std::string, Kind> kinds_;
};

/// Walks a zip; every check that does not need a file system happens here.
class ZipReader {
 public:
  ZipReader(std::string_view zip, const ArchiveLimits& limits)
      : limits_(limits), names_(limits.entries), archive_(archive_read_new(), archive_read_free) {
    FESCUE_ASSERT(archive_ != nullptr);
    // By the central directory alone: what the streaming reader would salvage from a damaged zip is not wanted.
    archive_read_support_format_zip_seekable(archive_.get());
    at_end_ = is_empty_zip(zip);
    opened_ = archive_read_open_memory(archive_.get(), zip.empty() ? "" : zip.data(), zip.size());
  }

  /// Absent at the end.
  Result<std::optional<ArchiveEntry>> next() {
    if (!at_end_ && opened_ != ARCHIVE_OK) return damaged();
    while (!at_end_) {
      struct archive_entry* header = nullptr;
      const int status = archive_read_next_header(archive_.get(), &header);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) return damaged();
      FESCUE_TRY(entry, checked(header));
      current_ = entry.name;
      if (entry.name.empty()) continue;  // "./"
      FESCUE_CHECK(names_.add(entry));
      return std::optional<ArchiveEntry>(std::move(entry));
    }
    return std::optional<ArchiveEntry>();
  }

  /// The next inflated piece of the current entry, valid until the next call; empty at its end.
  Result<std::string_view> read() {
    const la_ssize_t count = archive_read_data(archive_.get(), buffer_.data(), buffer_.size());
    if (count < 0) return damaged().in(fmt::format("zip entry \"{}\"", current_));
    unpacked_ += static_cast<std::uint64_t>(count);
    if (unpacked_ > limits_.unpacked_bytes) {
      return Error(Code::too_large, fmt::format("zip entry \"{}\": the zip holds more than {} bytes when unpacked",
                                                current_, limits_.unpacked_bytes));
    }
    return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
  }

 private:
  Result<ArchiveEntry> checked(struct archive_entry* header) const {
    const char* raw = archive_entry_pathname(header);
    if (raw == nullptr) return Error(Code::invalid_argument, "a zip entry has a name that is not UTF-8");
    FESCUE_TRY(name, normalised(raw, limits_));
    if (archive_entry_hardlink(header) != nullptr) return refused(raw, "it is a hard link");
    const auto type = archive_entry_filetype(header);
    if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK) {
      return refused(raw, "it is neither a file, a directory nor a symbolic link");
    }
    if (archive_entry_is_encrypted(header) != 0) return refused(raw, "it is encrypted");
    const std::string_view format = archive_format_name(archive_.get());
    if (!format.ends_with("(deflation)") && !format.ends_with("(uncompressed)")) {
      return refused(raw, "its compression is neither stored nor deflated");
    }
    if (name.empty() && type != AE_IFDIR) return refused(raw, "the name is not a file name");
    ArchiveEntry entry{
        .name = std::move(name), .is_directory = type == AE_IFDIR, .mode = archive_entry_perm(header) & 0777u};
    if (type != AE_IFLNK) return entry;
    const char* target = archive_entry_symlink(header);
    if (target == nullptr || !is_valid_utf8(target)) return refused(raw, "it is a symbolic link to what is not UTF-8");
    entry.link = target;
    if (entry.link.empty()) return refused(raw, "it is a symbolic link that leads nowhere");
    if (entry.link.size() > kMaxLinkBytes) return refused(raw, "it is a symbolic link with too long a target");
    return entry;
  }

  Error damaged() const {
    const char* why = archive_error_string(archive_.get());
    return Error(Code::invalid_argument,
                 fmt::format("not a zip file, or damaged: {}", why == nullptr ? "unreadable" : why));
  }

  Utf8Scope utf8_;
  ArchiveLimits limits_;
  NameTree names_;
  std::unique_ptr<struct archive, int (*)(struct archive*)> archive_;
  int opened_ = ARCHIVE_FATAL;
  bool at_end_ = false;
  std::uint64_t unpacked_ = 0;
  std::string current_;
  std::string buffer_ = std::string(64 * 1024, '\0');
};

Result<Fd> open_directory(int at, const std::string& name) {
  Fd fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno_error(name);
  return fd;
}

/// Makes files and directories below one directory, step by step from its descriptor.
class TreeWriter {
 public:
  explicit TreeWriter(Fd root) : root_(std::move(root)) {}

  Result<void> make_directory(const std::string& path) {
    FESCUE_CHECK(enter(path));
    return ok();
  }

  Result<Fd> make_file(const std::string& path, unsigned mode) {
    FESCUE_TRY(parent, enter(std::string(parent_of(path))));
    const std::string name(last_name_of(path));
    Fd file(::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file || ::fchmod(file.get(), (mode & 0111u) != 0 ? 0755 : 0644) != 0) return errno_error(path);
    return file;
  }

  /// Its directory must be there.
  Result<void> make_link(const std::string& path, const std::string& target) {
    FESCUE_TRY(parent, enter(std::string(parent_of(path))));
    const std::string name(last_name_of(path));
    if (::symlinkat(target.c_str(), parent, name.c_str()) != 0) return errno_error(path);
    return ok();
  }

  /// One call for the whole file system instead of one for each of thousands of files.
  Result<void> sync() {
    if (::syncfs(root_.get()) != 0) return errno_error("syncfs");
    return ok();
  }

 private:
  /// The descriptor of a directory, made with its parents where missing. Valid until the next call.
  Result<int> enter(const std::string& path) {
    if (path.empty()) return root_.get();
    if (path == last_path_) return last_.get();
    Fd here;
    for (std::size_t begin = 0; begin < path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string part = path.substr(begin, end - begin);
      const int parent = here ? here.get() : root_.get();
      const bool made = ::mkdirat(parent, part.c_str(), 0700) == 0;
      if (!made && errno != EEXIST) return errno_error(path);
      FESCUE_TRY(child, open_directory(parent, part));
      if (made && ::fchmod(child.get(), 0755) != 0) return errno_error(path);
      here = std::move(child);
      begin = end + 1;
    }
    last_ = std::move(here);
    last_path_ = path;
    return last_.get();
  }

  Fd root_;
  Fd last_;  // files of one directory usually follow each other
  std::string last_path_;
};

Result<void> make_links(TreeWriter& tree, const ArchiveLinks& links) {
  FESCUE_CHECK(check_links(links));
  for (const auto& [name, target] : links) FESCUE_CHECK(tree.make_link(name, target));
  return ok();
}

/// Hands every inflated piece of the current entry to `take`; gives their number of bytes.
Result<std::uint64_t> drain(ZipReader& reader, const std::function<Result<void>(std::string_view)>& take) {
  std::uint64_t size = 0;
  while (true) {
    FESCUE_TRY(piece, reader.read());
    if (piece.empty()) return size;
    size += piece.size();
    FESCUE_CHECK(take(piece));
  }
}

}  // namespace

Result<std::vector<ArchiveEntry>> inspect_zip(std::string_view zip, const ArchiveLimits& limits) {
  ZipReader reader(zip, limits);
  std::vector<ArchiveEntry> entries;
  ArchiveLinks links;
  while (true) {
    FESCUE_TRY(entry, reader.next());
    if (!entry) break;
    if (!entry->link.empty()) {
      links[entry->name] = entry->link;
      entries.push_back(std::move(*entry));
      continue;
    }
    FESCUE_TRY(size, drain(reader, [](std::string_view) { return ok(); }));
    entry->size = size;
    entries.push_back(std::move(*entry));
  }
  FESCUE_CHECK(check_links(links));
  return entries;
}

Result<void> unpack_zip(std::string_view zip, const std::string& directory, const ArchiveLimits& limits) {
  FESCUE_TRY(root, open_directory(AT_FDCWD, directory));
  TreeWriter tree(std::move(root));
  ZipReader reader(zip, limits);
  ArchiveLinks links;
  while (true) {
    FESCUE_TRY(entry, reader.next());
    if (!entry) break;
    if (!entry->link.empty()) {
      links[entry->name] = std::move(entry->link);
      continue;
    }
    if (entry->is_directory) {
      FESCUE_CHECK(tree.make_directory(entry->name));
      FESCUE_CHECK(drain(reader, [](std::string_view) { return ok(); }));
      continue;
    }
    FESCUE_TRY(file, tree.make_file(entry->name, entry->mode));
    const int fd = file.get();
    FESCUE_CHECK(drain(reader, [fd](std::string_view piece) { return write_all(fd, piece); }));
  }
  FESCUE_CHECK(make_links(tree, links));
  return tree.sync();
}

}  // namespace fescue
