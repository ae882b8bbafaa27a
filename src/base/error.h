// Errors are values: a code that a protocol edge can map to its own vocabulary (HTTP status, AWS error name, exit
// status) and a sentence that a person can act on. Bugs are not errors; see assert.h.
#pragma once

#include <string>
#include <string_view>

namespace fescue {

enum class Code {
  invalid_argument,    // the request itself is wrong; repeating it cannot help
  not_found,           // the named thing does not exist
  already_exists,      // the named thing exists and differs
  conflict,            // the current state forbids it
  permission_denied,   // known caller, not allowed
  unauthenticated,     // unknown caller
  too_large,           // over a fixed size bound
  resource_exhausted,  // a queue, pool or quota is full now
  timeout,             // the deadline passed first
  unavailable,         // the other side is not reachable now
  unimplemented,       // understood, not built
  cancelled,           // given up because the owner is stopping
  io,                  // the operating system refused
  internal,            // should not happen, and is not the caller's fault
};

std::string_view name_of(Code code);

/// Not an aggregate on purpose: boost::system::result<int, Error> would be ambiguous with one. The default constructor
/// is for result::error(), which wants one.
class Error {
 public:
  Error() : code_(Code::internal) {}
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  /// The same error with "where: " put before its message.
  Error in(std::string_view where) const { return Error(code_, std::string(where) + ": " + message_); }

  friend bool operator==(const Error&, const Error&) = default;

 private:
  Code code_;
  std::string message_;
};

/// Error from `errno` (or `number`): "what: No such file or directory". ENOENT, EACCES, EEXIST get their own code.
Error errno_error(std::string_view what);
Error errno_error(std::string_view what, int number);

}  // namespace fescue
