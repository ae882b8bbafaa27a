// AdminServer, the owner's way into a core: HTTP on ROOT/run/core.sock, and the same on the IPC port.
//
// Functions share the host's network and may share its file system, so nothing that is merely local is trusted. The
// socket is its owner's alone (0600), and its peers must be root or whoever started the core, and no functions
// (sys/net/owners.h). On the IPC port a request needs `Authorization: Bearer TOKEN` with the token of
// ROOT/run/ipc-token, a file of that same owner, made anew at every start.
//
// Here is who may enter; what they find is admin_routes.h.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "engine/ports/status_source.h"
#include "sys/http/http_server.h"
#include "sys/loop/asio.h"
#include "sys/loop/task_group.h"
#include "sys/net/listener.h"
#include "sys/net/owners.h"

namespace fescue {

/// Bound but not yet accepting.
struct AdminKeys {
  std::optional<unix_socket::acceptor> acceptor;
  std::string token;
  std::set<uid_t> owners;
};

/// Makes `directory` with the socket and the token in it. Call it before privileges are dropped: they are to belong to
/// whoever starts the core. Error: conflict when a core is running there.
Result<AdminKeys> make_admin_keys(asio::io_context& io, const std::string& directory);

class AdminServer final : public StatusSource {
 public:
  /// `inside` gets the requests of the owner; it outlives the server's last connection.
  AdminServer(asio::io_context& io, AdminKeys keys, HttpHandler inside);

  void start();
  Task<void> stop();

  /// Whether a request on the IPC port that is not of the IPC API may send its body.
  HeadVerdict judge_tcp(const HttpRequest& head, const Peer& peer);
  /// Such a request.
  void handle_tcp(HttpExchangePtr exchange);

  /// Ever-growing: connections of others than the owner, requests without the token, and what is not HTTP.
  std::uint64_t refused() const { return refused_; }
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;

 private:
  std::shared_ptr<const HttpServerOptions> server_options();
  void accept(StreamPtr stream);
  bool admits(const HttpRequest& head, const Peer& peer);
  bool has_token(const HttpRequest& request) const;
  /// Whether to log it: the first, then ever fewer, so that a peer that goes on cannot fill the log.
  bool count_refusal();

  AdminKeys keys_;
  Owners owners_;
  TaskGroup tasks_;
  std::shared_ptr<const HttpServerOptions> options_;
  std::shared_ptr<const HttpHandler> inside_;
  std::uint64_t refused_ = 0;
};

}  // namespace fescue
