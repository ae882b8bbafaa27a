// ServerCredentials: the TLS context of the devices' server, kept fresh while it serves. The machine's names, its
// addresses and the clock are looked at every half minute; when the certificate is due, another is made beside and
// takes its place for connections that come from then on. Those that are there keep theirs, and go on.
#pragma once

#include <memory>
#include <string>

#include "devices/server_identity.h"
#include "model/arn.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/task_group.h"
#include "sys/tls/tls.h"

namespace fescue {

class ServerCredentials {
 public:
  /// `directory` is its own; see server_identity.h. The pool outlives it.
  ServerCredentials(asio::io_context& io, std::string directory, ThingName core, BlockingPool& pool)
      : directory_(std::move(directory)), core_(std::move(core)), pool_(pool), tasks_(io) {}

  /// Loads or makes them, and keeps them fresh from then on. What fails is in problem(), and tried again.
  Task<void> start();
  Task<void> stop();

  /// For the next connection; null while there is none.
  const std::shared_ptr<TlsContext>& context() const { return context_; }
  /// Why there is no context, or an old one; empty when all is well.
  const std::string& problem() const { return problem_; }
  std::string authority_file() const { return directory_ + "/ca.crt"; }
  /// Of the certificate in use.
  WallTime not_after() const { return identity_.not_after; }
  std::uint64_t renewals() const { return renewals_; }

 private:
  Task<void> keep_fresh();
  Task<void> renew(ServerNames names);
  Result<void> use(Result<ServerIdentity> loaded);
  void note(const Result<void>& outcome);

  std::string directory_;
  ThingName core_;
  BlockingPool& pool_;
  ServerIdentity identity_;
  std::shared_ptr<TlsContext> context_;
  std::string problem_;
  std::uint64_t renewals_ = 0;  // certificates that took another's place while this process served
  TaskGroup tasks_;
};

}  // namespace fescue
