// Binding and accepting for each kind of listener: troubles of accept(), quotas of peers, TLS handshakes under way.
#include "sys/net/listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_throttle.h"
#include "sys/net/connection_quota.h"
#include "sys/net/handshake_slots.h"
#include "sys/net/origin.h"
#include "sys/net/peer_uid.h"
#include "sys/net/port_holder.h"

namespace fescue {
namespace {

constexpr auto kPauseAfterTrouble = std::chrono::milliseconds(100);
constexpr auto kTroubleLogInterval = std::chrono::seconds(10);
// More at once would only slow down each other: a handshake is a millisecond of this thread. Those beyond it take the
// place of others (handshake_slots.h).
constexpr std::size_t kMaxHandshakes = 256;

/// Errors of accept, counted and logged now and then: out of descriptors, it fails again at once and for long.
class AcceptTroubles {
 public:
  void note(const error_code& error) {
    ++count_;
    const auto now = steady_now();
    if (count_ > 1 && now - logged_ < kTroubleLogInterval) return;
    logged_ = now;
    log::error("Cannot accept connections.", {{"error", error.message()}, {"failures", count_}});
  }

 private:
  std::uint64_t count_ = 0;
  SteadyTime logged_;
};

/// Errors that belong to one connection, which has gone, and not to the listener: accept(2) lists them.
bool is_of_one_connection(int error) {
  switch (error) {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

template <class Acceptor, class Serve>
Task<void> accept_loop(Acceptor acceptor, Serve serve) {
  AcceptTroubles troubles;
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    const auto [error] = co_await acceptor.async_wait(Acceptor::wait_read, use_result);
    if (error == asio::error::operation_aborted) co_return;
    typename Acceptor::endpoint_type remote;
    auto size = static_cast<socklen_t>(remote.capacity());
    Fd socket(::accept4(acceptor.native_handle(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      remote.resize(size);
      co_await serve(std::move(socket), remote);
    } else if (const int why = errno; !is_of_one_connection(why)) {
      troubles.note(error_code(why, boost::system::system_category()));
      pause.expires_after(kPauseAfterTrouble);
      co_await pause.async_wait(use_result);
    }
  }
}

/// Who may stay. A listener's own, but for `callers`.
class Places {
 public:
  explicit Places(std::shared_ptr<CallerQuota> callers) : callers_(std::move(callers)) {}

  /// Whether the connection may stay; the peer then has its place.
  bool take(Peer& peer) { return callers_ ? take_among_callers(peer) : take_of_origin(peer); }

 private:
  bool take_among_callers(Peer& peer) {
    peer.caller_place = callers_->take(origin_of(peer));
    if (peer.caller_place) return true;
    if (const auto left_out = lines_.admit(steady_now())) {
      log::warn("Refused a connection: workers hold all there are.",
                {{"origin", origin_of(peer)}, {"limit", callers_->limits().in_all}, {"notLogged", *left_out}});
    }
    return false;
  }

  bool take_of_origin(Peer& peer) {
    auto admission = quota_.admit(peer);
    peer.place = std::move(admission.place);
    if (admission.verdict != ConnectionQuota::Verdict::refused) return true;
    if (const auto left_out = lines_.admit(steady_now())) {
      log::warn("Refused a connection: whoever it comes from holds too many already.",
                {{"origin", origin_of(peer)}, {"limit", quota_.limit()}, {"notLogged", *left_out}});
    }
    return false;
  }

  std::shared_ptr<CallerQuota> callers_;
  ConnectionQuota quota_;
  LogThrottle lines_;
};

/// The place of a connection can close it from now on. It is its Peer's, and goes with it.
StreamPtr closed_by_its_place(StreamPtr stream) {
  const auto& place = stream->peer().caller_place;
  if (place) place->on_close([connection = stream.get()] { connection->close(); });
  return stream;
}

/// Who is at the other end of the TCP connections of one listener.
class TcpReception {
 public:
  explicit TcpReception(const tcp::acceptor& acceptor, std::shared_ptr<CallerQuota> callers = {})
      : places_(std::move(callers)) {
    error_code error;
    bound_ = acceptor.local_endpoint(error);
  }

  /// Nothing: it is not to stay.
  std::optional<Peer> receive(const Fd& socket, const tcp::endpoint& remote) {
    Peer peer;
    peer.address = endpoint_text(remote);
    const auto local = local_endpoint(socket);
    if (remote.address() == local.address() || remote.address().is_loopback()) {
      if (const auto owner = owners_.find(remote, local)) {
        peer.uid = owner->uid;
        peer.cgroup = owner->cgroup;
      }
    }
    return places_.take(peer) ? std::optional(std::move(peer)) : std::nullopt;
  }

 private:
  tcp::endpoint local_endpoint(const Fd& socket) const {
    if (!bound_.address().is_unspecified()) return bound_;
    tcp::endpoint local;
    auto size = static_cast<socklen_t>(local.capacity());
    if (::getsockname(socket.get(), local.data(), &size) == 0) local.resize(size);
    return local;
  }

  tcp::endpoint bound_;
  PeerUidLookup owners_;
  Places places_;
};

struct ServeTcp {
  asio::any_io_executor executor;
  StreamHandler handler;
  std::shared_ptr<TcpReception> reception;

  Task<void> operator()(Fd socket, tcp::endpoint remote) {
    auto peer = reception->receive(socket, remote);
    if (!peer) co_return;
    handler(closed_by_its_place(make_stream(executor, remote.protocol(), std::move(socket), std::move(*peer))));
    co_return;
  }
};

struct ServeUnix {
  asio::any_io_executor executor;
  StreamHandler handler;
  std::shared_ptr<Places> places;

  Task<void> operator()(Fd socket, unix_socket::endpoint remote) {
    Peer peer = peer_of_unix(socket.get());
    if (!places->take(peer)) co_return;
    handler(closed_by_its_place(make_stream(executor, remote.protocol(), std::move(socket), std::move(peer))));
  }
};

/// Ends the handshake on a socket of which only the number is known, and which may be closed meanwhile.
std::function<void()> shut_down(int socket) {
  auto own = std::make_shared<Fd>(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  return [own] { ::shutdown(own->get(), SHUT_RDWR); };
}

Task<void> run_handshake(tcp::socket socket, Peer peer, std::shared_ptr<const Handshake> handshake,
                         StreamHandler handler, HandshakeRefused refused, std::shared_ptr<HandshakeSlots> slots) {
  auto slot = slots->take(origin_of(peer), shut_down(socket.native_handle()));
  const Peer refused_peer = peer;
  auto stream = co_await (*handshake)(std::move(socket), std::move(peer));
  const bool given_up = slot->given_up();
  slot.reset();
  if (stream && !given_up) co_return handler(std::move(*stream));
  if (!refused) co_return;
  const Error crowded(Code::resource_exhausted, "TLS handshake: it gave way to others, too many are under way");
  refused(refused_peer, given_up ? crowded : stream.error());
}

struct ServeAfterHandshake {
  TaskGroup& tasks;
  std::shared_ptr<const Handshake> handshake;
  StreamHandler handler;
  HandshakeRefused refused;
  std::shared_ptr<TcpReception> reception;
  std::shared_ptr<HandshakeSlots> slots;

  Task<void> operator()(Fd accepted, tcp::endpoint remote) {
    auto peer = reception->receive(accepted, remote);
    if (!peer) co_return;
    tcp::socket socket(tasks.io());
    error_code error;
    socket.assign(remote.protocol(), accepted.get(), error);
    if (error) {
      if (refused) refused(*peer, errno_error("cannot watch the connection", error.value()));
      co_return;
    }
    accepted.release();
    tasks.spawn("handshake", run_handshake(std::move(socket), std::move(*peer), handshake, handler, refused, slots));
  }
};

/// Removes what a process that is gone has left at `name`; an error if a process still listens there.
Result<void> remove_stale_socket(asio::io_context& io, int directory, const std::string& name,
                                 const unix_socket::endpoint& endpoint) {
  struct stat found {};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? ok() : Result<void>(errno_error(name));
  }
  if (!S_ISSOCK(found.st_mode)) return Error(Code::already_exists, name + " exists and is no socket");
  unix_socket::socket probe(io);
  error_code error;
  probe.open(unix_socket(), error);
  if (!error) probe.non_blocking(true, error);
  if (!error) probe.connect(endpoint, error);
  if (error != asio::error::connection_refused) {
    return Error(Code::conflict, name + " is in use: another process listens on it");
  }
  if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) return errno_error("cannot remove stale " + name);
  return ok();
}

Result<void> bind_unix(unix_socket::acceptor& acceptor, const unix_socket::endpoint& endpoint, mode_t mode) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return errno_error("socket", error.value());
  // A socket file is made with its socket's mode (less the umask): there is no moment at which it is open to more.
  if (::fchmod(acceptor.native_handle(), mode) != 0) return errno_error("fchmod");
  acceptor.bind(endpoint, error);
  if (error) return errno_error("bind", error.value());
  if (::chmod(endpoint.path().c_str(), mode) != 0) return errno_error("chmod");
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return errno_error("listen", error.value());
  return ok();
}

}  // namespace

Result<tcp::acceptor> listen_tcp(asio::io_context& io, std::string_view host, std::uint16_t port,
                                 std::string_view option) {
  const auto where = std::string(option) + " " + std::string(host) + ":" + std::to_string(port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : std::string(host), error);
  if (error) return Error(Code::invalid_argument, where + ": the host must be an address or localhost");

  const tcp::endpoint endpoint(address, port);
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (error) return errno_error(where, error.value());
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor.set_option(tcp::no_delay(true), error);  // what is accepted inherits it
  if (address.is_v6()) acceptor.set_option(asio::ip::v6_only(!address.is_unspecified()), error);
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  if (error != asio::error::address_in_use) return errno_error(where, error.value());
  const auto holder = describe_port_holder(port, address.is_v6() ? Stack::ipv6 : Stack::ipv4);
  return Error(Code::conflict, where + ": port " + std::to_string(port) + " is taken" +
                                   (holder.empty() ? "" : ", " + holder) + "; choose another with " +
                                   std::string(option));
}

Result<unix_socket::acceptor> listen_unix(asio::io_context& io, const std::string& directory, const std::string& name,
                                          mode_t mode) {
  const auto where = directory + "/" + name;
  if (name.empty() || name.find('/') != std::string::npos) return Error(Code::invalid_argument, where + ": bad name");
  const Fd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return errno_error(directory);
  const auto path = "/proc/self/fd/" + std::to_string(opened.get()) + "/" + name;
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return Error(Code::invalid_argument, where + ": name too long");
  const unix_socket::endpoint endpoint(path);
  if (auto removed = remove_stale_socket(io, opened.get(), name, endpoint); !removed) {
    return removed.error().in(directory);
  }
  unix_socket::acceptor acceptor(io);
  if (auto bound = bind_unix(acceptor, endpoint, mode); !bound) return bound.error().in(where);
  return acceptor;
}

void accept_tcp(TaskGroup& tasks, tcp::acceptor acceptor, StreamHandler handler, std::shared_ptr<CallerQuota> callers) {
  auto reception = std::make_shared<TcpReception>(acceptor, std::move(callers));
  ServeTcp serve{acceptor.get_executor(), std::move(handler), std::move(reception)};
  tasks.spawn("accept tcp", accept_loop(std::move(acceptor), std::move(serve)));
}

void accept_with_handshake(TaskGroup& tasks, tcp::acceptor acceptor, Handshake handshake, StreamHandler handler,
                           HandshakeRefused refused) {
  auto reception = std::make_shared<TcpReception>(acceptor);
  ServeAfterHandshake serve{.tasks = tasks,
                            .handshake = std::make_shared<const Handshake>(std::move(handshake)),
                            .handler = std::move(handler),
                            .refused = std::move(refused),
                            .reception = std::move(reception),
                            .slots = std::make_shared<HandshakeSlots>(kMaxHandshakes)};
  tasks.spawn("accept with handshake", accept_loop(std::move(acceptor), std::move(serve)));
}

void accept_unix(TaskGroup& tasks, unix_socket::acceptor acceptor, StreamHandler handler,
                 std::shared_ptr<CallerQuota> callers) {
  ServeUnix serve{acceptor.get_executor(), std::move(handler), std::make_shared<Places>(std::move(callers))};
  tasks.spawn("accept unix", accept_loop(std::move(acceptor), std::move(serve)));
}

}  // namespace fescue
