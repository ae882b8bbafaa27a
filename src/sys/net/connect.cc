// Name lookup, connection attempts and their one deadline.
#include "sys/net/connect.h"

#include <fcntl.h>
#include <sys/un.h>

#include "base/fd.h"
#include "sys/loop/deadline.h"

namespace fescue {
namespace {

using std::chrono::milliseconds;

/// A name being looked up. The lookup runs in a thread of Asio's and cannot be stopped: who gives up leaves it behind.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
  tcp::resolver resolver;
  asio::steady_timer done;
  std::optional<error_code> error;
  std::vector<tcp::endpoint> endpoints;
};

Task<Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port, SteadyTime end) {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return std::vector{tcp::endpoint(address, port)};

  auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
  lookup->done.expires_at(end);
  lookup->resolver.async_resolve(host, std::to_string(port), [lookup](const error_code& error, const auto& found) {
    lookup->error = error;
    for (const auto& entry : found) lookup->endpoints.push_back(entry.endpoint());
    lookup->done.cancel();
  });
  co_await lookup->done.async_wait(use_result);
  if (!lookup->error) co_return Error(Code::timeout, "no answer to the name lookup in time");
  if (*lookup->error) co_return Error(Code::unavailable, "name lookup: " + lookup->error->message());
  co_return lookup->endpoints;
}

/// The path of a socket file that may be too long for an address: its directory is opened and held in `directory`.
std::string short_path(const std::string& path, Fd& directory) {
  if (path.size() < sizeof(sockaddr_un::sun_path)) return path;
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return path;
  directory.reset(::open(path.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return path;
  return "/proc/self/fd/" + std::to_string(directory.get()) + path.substr(slash);
}

}  // namespace

Task<Result<tcp::socket>> dial_tcp(std::string host, std::uint16_t port, SteadyTime end) {
  FESCUE_CO_TRY(endpoints, co_await resolve(host, port, end));
  const auto executor = co_await asio::this_coro::executor;
  Error last(Code::unavailable, "the name has no address");
  for (const auto& endpoint : endpoints) {
    tcp::socket socket(executor);
    Deadline deadline(executor, left_until(end), [&] {
      error_code ignored;
      socket.close(ignored);
    });
    const auto [error] = co_await socket.async_connect(endpoint, use_result);
    if (deadline.expired()) co_return Error(Code::timeout, "no connection in time");
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      co_return socket;
    }
    last = Error(Code::unavailable, error.message());
  }
  co_return last;
}

Task<Result<StreamPtr>> connect_tcp(std::string host, std::uint16_t port, milliseconds timeout) {
  auto socket = co_await dial_tcp(host, port, steady_now() + timeout);
  if (!socket) co_return socket.error().in(host + ":" + std::to_string(port));
  co_return make_stream(std::move(*socket));
}

Task<Result<StreamPtr>> connect_unix(std::string path, milliseconds timeout) {
  Fd directory;
  const auto usable = short_path(path, directory);
  if (usable.size() >= sizeof(sockaddr_un::sun_path)) {
    co_return Error(Code::invalid_argument, path + ": the name is too long for a socket");
  }
  const auto executor = co_await asio::this_coro::executor;
  unix_socket::socket socket(executor);
  Deadline deadline(executor, timeout, [&] {
    error_code ignored;
    socket.close(ignored);
  });
  const auto [error] = co_await socket.async_connect(unix_socket::endpoint(usable), use_result);
  if (deadline.expired()) co_return Error(Code::timeout, path + ": no connection in time");
  if (error) co_return errno_error(path, error.value());
  co_return make_stream(std::move(socket));
}

}  // namespace fescue
