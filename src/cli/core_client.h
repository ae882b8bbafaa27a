// A core as the verbs see it: the directory it lives in, and its admin server (core/admin/admin_server.h).
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "sys/http/http.h"

namespace fescue::cli {

/// The core of `fescue up --root ROOT`, whether or not it runs, or ROOT itself when it is a core's directory. Absolute.
/// Error: not_found, saying what to start.
Result<std::string> find_core(const std::string& root);

class CoreClient {
 public:
  /// Error as find_core().
  static Result<CoreClient> at(const std::string& root);

  /// One request and its answer, whatever its status. Blocks. Errors say what to do: unavailable when the core does not
  /// run, permission_denied for other users than its owner, timeout.
  Result<HttpResponse> send(HttpRequest request, std::chrono::milliseconds timeout) const;

  /// GET; anything but success is an error with the core's own words.
  Result<std::string> get(const std::string& target) const;

 private:
  explicit CoreClient(std::string core_root) : core_root_(std::move(core_root)) {}

  std::string core_root_;
};

}  // namespace fescue::cli
