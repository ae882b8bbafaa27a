// Opening a file and taking an open file description's lock on all of it.
#include "sys/storage/lock_file.h"

#include <fcntl.h>

#include <cerrno>

namespace fescue {

Result<Fd> lock_file(const std::string& path) {
  Fd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return errno_error(path);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (::fcntl(lock.get(), F_OFD_SETLK, &whole) == 0) return lock;
  if (errno != EAGAIN && errno != EACCES) return errno_error(path);
  return Error(Code::conflict, path + " is held by another process");
}

}  // namespace fescue
