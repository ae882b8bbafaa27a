// An access list as the kernel takes it (linux/posix_acl_xattr.h), written to a directory.
#include "functions/launch/code_access.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "base/fd.h"

namespace fescue {

namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kNoId = 0xffffffff;
enum class Tag : std::uint16_t { owner = 0x01, user = 0x02, group = 0x04, mask = 0x10, others = 0x20 };
enum Permissions : std::uint16_t { kNothing = 0, kEnter = 05, kAll = 07 };

struct Entry {
  std::uint16_t tag;
  std::uint16_t permissions;
  std::uint32_t id;
};

class AccessList {
 public:
  AccessList() {
    const std::uint32_t version = htole32(kVersion);
    add_bytes(&version, sizeof version);
  }
  void add(Tag tag, Permissions permissions, std::uint32_t id = kNoId) {
    const Entry entry{htole16(static_cast<std::uint16_t>(tag)), htole16(permissions), htole32(id)};
    add_bytes(&entry, sizeof entry);
  }
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  void add_bytes(const void* from, std::size_t size) {
    const char* begin = static_cast<const char*>(from);
    bytes_.insert(bytes_.end(), begin, begin + size);
  }
  std::vector<char> bytes_;
};

/// In the kernel's order: by tag, then by id.
AccessList list_for(const std::set<uid_t>& users) {
  AccessList list;
  list.add(Tag::owner, kAll);
  for (const uid_t user : users) list.add(Tag::user, kEnter, user);
  list.add(Tag::group, kNothing);
  if (!users.empty()) list.add(Tag::mask, kEnter);
  list.add(Tag::others, kNothing);
  return list;
}

}  // namespace

Result<CodeReaders> open_code_to(const std::string& directory, const std::set<uid_t>& users) {
  const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened) return errno_error("open the code " + directory);
  std::set<uid_t> others = users;
  others.erase(::geteuid());
  const AccessList list = list_for(others);
  const auto& bytes = list.bytes();
  if (::fsetxattr(opened.get(), "system.posix_acl_access", bytes.data(), bytes.size(), 0) == 0) {
    return CodeReaders::users;
  }
  if (errno != EOPNOTSUPP) return errno_error("name the readers of the code " + directory);
  if (::fchmod(opened.get(), others.empty() ? 0700 : 0755) != 0) return errno_error("chmod of the code " + directory);
  return others.empty() ? CodeReaders::users : CodeReaders::everybody;
}

}  // namespace fescue
