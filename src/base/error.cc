// Names of codes, and which code an errno is.
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace fescue {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::invalid_argument:
      return "invalid argument";
    case Code::not_found:
      return "not found";
    case Code::already_exists:
      return "already exists";
    case Code::conflict:
      return "conflict";
    case Code::permission_denied:
      return "permission denied";
    case Code::unauthenticated:
      return "unauthenticated";
    case Code::too_large:
      return "too large";
    case Code::resource_exhausted:
      return "resource exhausted";
    case Code::timeout:
      return "timeout";
    case Code::unavailable:
      return "unavailable";
    case Code::unimplemented:
      return "unimplemented";
    case Code::cancelled:
      return "cancelled";
    case Code::io:
      return "input/output";
    case Code::internal:
      return "internal";
  }
  return "unknown";
}

namespace {

Code code_of(int number) {
  switch (number) {
    case ENOENT:
      return Code::not_found;
    case EEXIST:
      return Code::already_exists;
    case EACCES:
    case EPERM:
      return Code::permission_denied;
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return Code::unavailable;
    case ETIMEDOUT:
      return Code::timeout;
    default:
      return Code::io;
  }
}

}  // namespace

Error errno_error(std::string_view what) { return errno_error(what, errno); }

Error errno_error(std::string_view what, int number) {
  return Error(code_of(number), std::string(what) + ": " + std::generic_category().message(number));
}

}  // namespace fescue
