// Listening sockets. Binding is separate from accepting, so that a process can bind while it is root and accept after
// it has dropped its privileges. A taken port is an error that names port, option and, where it can be seen, the
// holder.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "sys/loop/asio.h"
#include "sys/loop/task_group.h"
#include "sys/net/stream.h"

namespace fescue {

/// `host` is an address or `localhost` (which binds 127.0.0.1; listeners.h binds both stacks). `option` is what
/// the user would change, e.g. "--api".
Result<tcp::acceptor> listen_tcp(asio::io_context& io, std::string_view host, std::uint16_t port,
                                 std::string_view option);

/// A socket file `name` in `directory`, made with `mode`; a stale one is replaced. Bound through /proc/self/fd so that
/// the path may be longer than 107 bytes.
Result<unix_socket::acceptor> listen_unix(asio::io_context& io, const std::string& directory, const std::string& name,
                                          mode_t mode);

/// Called for each accepted connection, on the loop, after the handshake if there is one.
using StreamHandler = std::function<void(StreamPtr)>;

/// What happens on an accepted socket before it counts as a connection, with a deadline of its own (TLS: accept_tls()
/// in sys/tls/tls.h). The stream is the handler's.
using Handshake = std::function<Task<Result<StreamPtr>>(tcp::socket, Peer)>;

/// Called for each handshake that fails, with who began it and why.
using HandshakeRefused = std::function<void(const Peer&, const Error&)>;

/// Accept loops. They survive EMFILE and the like with a short pause, and end when `tasks` stops. Peer::uid is looked
/// up for loopback TCP (sock_diag) and Unix sockets (SO_PEERCRED). Handshakes run beside the loop, each with its own
/// deadline. Of one user's or one address's connections no more are taken than connection_quota.h allows; the rest are
/// closed at once; with `callers`, caller_quota.h says it for all listeners that share it. Handshakes under way are
/// bounded, and give way to newcomers as handshake_slots.h says.
void accept_tcp(TaskGroup& tasks, tcp::acceptor acceptor, StreamHandler handler,
                std::shared_ptr<CallerQuota> callers = {});
void accept_with_handshake(TaskGroup& tasks, tcp::acceptor acceptor, Handshake handshake, StreamHandler handler,
                           HandshakeRefused refused = {});
void accept_unix(TaskGroup& tasks, unix_socket::acceptor acceptor, StreamHandler handler,
                 std::shared_ptr<CallerQuota> callers = {});

}  // namespace fescue
