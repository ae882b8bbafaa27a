// An access list (acl(5)), made and set by libacl.
#include "functions/launch/code_access.h"

#include <fcntl.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <type_traits>

#include <fmt/format.h>

#include "base/fd.h"

namespace fescue {

namespace {

using AccessList = std::unique_ptr<std::remove_pointer_t<acl_t>, int (*)(void*)>;

AccessList list_for(const std::set<uid_t>& users) {
  std::string text = "u::rwx,g::-,o::-";
  for (const uid_t user : users) text += fmt::format(",u:{}:rx", user);
  if (!users.empty()) text += ",m::rx";
  return {::acl_from_text(text.c_str()), &::acl_free};
}

}  // namespace

Result<CodeReaders> open_code_to(const std::string& directory, const std::set<uid_t>& users) {
  const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened) return errno_error("open the code " + directory);
  std::set<uid_t> others = users;
  others.erase(::geteuid());
  const AccessList list = list_for(others);
  if (list && ::acl_set_fd(opened.get(), list.get()) == 0) return CodeReaders::users;
  if (errno != EOPNOTSUPP) return errno_error("name the readers of the code " + directory);
  if (::fchmod(opened.get(), others.empty() ? 0700 : 0755) != 0) return errno_error("chmod of the code " + directory);
  return others.empty() ? CodeReaders::users : CodeReaders::everybody;
}

}  // namespace fescue
