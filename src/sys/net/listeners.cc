// Both stacks on one port, and listeners that outlive a process.
#include "sys/net/listeners.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text/parse_number.h"

namespace fescue {

namespace {

constexpr int kFirstInherited = 3;
constexpr int kMaxInherited = 64;
constexpr int kPortAttempts = 32;

bool is_loopback(std::string_view host) {
  return host == "127.0.0.1" || host == "::1" || host == "[::1]" || host == "localhost";
}

std::vector<std::string> hosts_of(asio::io_context& io, const std::string& host, std::string_view option) {
  const bool is_any = host == "0.0.0.0";
  if (!is_loopback(host) && !is_any) return {host};
  const std::string first = is_any ? host : "127.0.0.1";
  if (listen_tcp(io, "::1", 0, option)) return {first, "::1"};
  return {first};
}

/// The same port on every host.
Result<Listeners> bind_hosts(asio::io_context& io, const std::vector<std::string>& hosts, std::uint16_t port,
                             std::string_view option) {
  Listeners listeners;
  listeners.port = port;
  for (const std::string& host : hosts) {
    FESCUE_TRY(acceptor, listen_tcp(io, host, listeners.port, option));
    listeners.port = acceptor.local_endpoint().port();
    listeners.acceptors.push_back(std::move(acceptor));
  }
  return listeners;
}

/// The variable's value; it is gone afterwards.
std::string take_variable(const char* name) {
  const char* value = ::getenv(name);
  std::string out = value != nullptr ? value : "";
  ::unsetenv(name);
  return out;
}

int option_of(int socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

Result<tcp::acceptor> adopt(asio::io_context& io, int descriptor) {
  const std::string what = "LISTEN_FDS: descriptor " + std::to_string(descriptor);
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) return errno_error(what);
  const int family = option_of(descriptor, SO_DOMAIN);
  const bool is_listener = option_of(descriptor, SO_ACCEPTCONN) == 1 && option_of(descriptor, SO_TYPE) == SOCK_STREAM;
  if (!is_listener || (family != AF_INET && family != AF_INET6)) {
    return Error(Code::invalid_argument, what + " is no listening TCP socket");
  }
  tcp::acceptor acceptor(io);
  error_code error;
  acceptor.assign(family == AF_INET ? tcp::v4() : tcp::v6(), descriptor, error);
  if (error) return errno_error(what, error.value());
  acceptor.set_option(tcp::no_delay(true), error);  // what is accepted inherits it
  return acceptor;
}

}  // namespace

std::string Listeners::host() const { return acceptors.front().local_endpoint().address().to_string(); }

Result<Listeners> listen_on(asio::io_context& io, const std::string& host, std::uint16_t port,
                            std::string_view option) {
  const std::vector<std::string> hosts = hosts_of(io, host, option);
  auto listeners = bind_hosts(io, hosts, port, option);
  // A port that the system chose on one stack may be taken on the other.
  for (int i = 0; !listeners && port == 0 && i < kPortAttempts; ++i) listeners = bind_hosts(io, hosts, 0, option);
  return listeners;
}

void accept_tcp(TaskGroup& tasks, Listeners listeners, const StreamHandler& handler,
                const std::shared_ptr<CallerQuota>& callers) {
  for (tcp::acceptor& acceptor : listeners.acceptors) accept_tcp(tasks, std::move(acceptor), handler, callers);
}

Result<InheritedListeners> InheritedListeners::take(asio::io_context& io) {
  InheritedListeners inherited(io);
  const std::string count_text = take_variable("LISTEN_FDS");
  const std::string names = take_variable("LISTEN_FDNAMES");
  const std::string pid = take_variable("LISTEN_PID");
  if (count_text.empty() || (!pid.empty() && pid != std::to_string(::getpid()))) return inherited;
  const auto count = parse_number<int>(count_text);
  if (!count || *count < 0 || *count > kMaxInherited) {
    return Error(Code::invalid_argument, "LISTEN_FDS is no number of descriptors: " + count_text);
  }
  std::string_view rest = names;
  for (int i = 0; i < *count; ++i) {
    const std::string name(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    FESCUE_TRY(acceptor, adopt(io, kFirstInherited + i));
    const std::uint16_t port = acceptor.local_endpoint().port();
    Listeners& same = inherited.by_name_[name];
    if (!same.acceptors.empty() && same.port != port) {
      return Error(Code::invalid_argument, "LISTEN_FDNAMES: the sockets called '" + name + "' have several ports");
    }
    same.port = port;
    same.acceptors.push_back(std::move(acceptor));
  }
  return inherited;
}

Result<Listeners> InheritedListeners::find_or_bind(const std::string& name, const std::string& host, std::uint16_t port,
                                                   std::string_view option) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return listen_on(io_, host, port, option);
  Listeners listeners = std::move(found->second);
  by_name_.erase(found);
  return listeners;
}

Result<void> InheritedListeners::check_all_used() const {
  if (by_name_.empty()) return ok();
  return Error(Code::invalid_argument, "LISTEN_FDNAMES: nothing here is called '" + by_name_.begin()->first + "'");
}

HeldListeners hold(std::string name, Listeners listeners) {
  HeldListeners held{std::move(name), {}, listeners.port};
  for (tcp::acceptor& acceptor : listeners.acceptors) {
    error_code error;
    held.sockets.emplace_back(acceptor.release(error));
  }
  return held;
}

}  // namespace fescue
