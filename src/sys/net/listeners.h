// Listeners: one port on every address that its host stands for, bound but not yet accepting. Either bound here, or
// handed down by whoever started this process, who keeps them open from one life of it to the next, so that nobody can
// take the port in between: systemd, or `fescue up`.
//
//   FESCUE_TRY(inherited, InheritedListeners::take(io));
//   FESCUE_TRY(api, inherited.find_or_bind("api", address.host, address.port, "--api"));
//   FESCUE_CHECK(inherited.check_all_used());
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sys/net/listener.h"

namespace fescue {

struct Listeners {
  std::vector<tcp::acceptor> acceptors;
  std::uint16_t port = 0;  // the same for all

  /// The address of the first, as bound.
  std::string host() const;
};

/// 127.0.0.1, ::1 and localhost mean both loopback stacks: clients try the one or the other first, and what is free on
/// one of them is taken by whoever wants to be mistaken for us. 0.0.0.0 means ::1 as well. A machine without IPv6 gets
/// one; another host, just that. Port 0 lets the system choose. Errors are those of listen_tcp().
Result<Listeners> listen_on(asio::io_context& io, const std::string& host, std::uint16_t port, std::string_view option);

/// Accepts on all of them; see listener.h, and accept_tls() in sys/tls/tls.h.
void accept_tcp(TaskGroup& tasks, Listeners listeners, const StreamHandler& handler,
                const std::shared_ptr<CallerQuota>& callers = {});

/// The convention of systemd (sd_listen_fds(3)): LISTEN_FDS descriptors from 3 on, LISTEN_FDNAMES their names,
/// LISTEN_PID, where it is set, the process that they are for.
class InheritedListeners {
 public:
  /// What was handed down to this process, if anything. The variables are removed: no child may take them for its own.
  /// Error: a descriptor that is no listening TCP socket.
  static Result<InheritedListeners> take(asio::io_context& io);

  /// Those called `name`, or what listen_on() gives.
  Result<Listeners> find_or_bind(const std::string& name, const std::string& host, std::uint16_t port,
                                 std::string_view option);
  /// Error when there is one that nobody asked for: its name is not one of ours.
  Result<void> check_all_used() const;

 private:
  explicit InheritedListeners(asio::io_context& io) : io_(io) {}

  asio::io_context& io_;
  std::map<std::string, Listeners> by_name_;
};

/// Sockets to hand down, kept from one child to the next: the descriptors alone, which no loop watches.
struct HeldListeners {
  std::string name;
  std::vector<Fd> sockets;
  std::uint16_t port = 0;
};
HeldListeners hold(std::string name, Listeners listeners);

}  // namespace fescue
