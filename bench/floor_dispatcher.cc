// The floor under a warm invoke: an epoll loop that hands a caller's body to an idle worker and the worker's result
// back, with no routing, no authentication, no queues with bounds, no timeouts. bench_floor_dispatcher TCP_PORT
// SOCKET_FILE
//
// Callers: POST anything on TCP. Workers: on the socket file, GET /work, then POST /work with the result, which is
// answered by the next item (one exchange for each event). With two requests (stock-style workers): a POST /result is
// answered at once, and GET /work brings the next item; those may come on TCP, a new connection for each.
#include <unistd.h>

#include <deque>
#include <unordered_map>

#include <fmt/format.h>

#include "net.h"

namespace {

struct Connection {
  std::string input;
  int caller = -1;  // workers: whose call is being worked on
};

struct Request {
  std::string_view method, path, body;
  std::size_t size = 0;  // 0: not complete yet
};

Request parse(const std::string& input) {
  Request out;
  const std::size_t head = input.find("\r\n\r\n");
  if (head == std::string::npos) return out;
  const char* at = ::strcasestr(input.c_str(), "content-length:");
  const std::size_t length =
      at != nullptr && at < input.data() + head ? static_cast<std::size_t>(std::atoll(at + 15)) : 0;
  if (input.size() < head + 4 + length) return out;
  const std::string_view all(input);
  const std::size_t space = all.find(' ');
  out.method = all.substr(0, space);
  out.path = all.substr(space + 1, all.find(' ', space + 1) - space - 1);
  out.body = all.substr(head + 4, length);
  out.size = head + 4 + length;
  return out;
}

class Dispatcher {
 public:
  explicit Dispatcher(int epoll) : epoll_(epoll) {}

  void accept(int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[fd] = {};
    bench::watch(epoll_, fd);
  }

  void readable(int fd) {
    char buffer[65536];
    const ssize_t size = ::read(fd, buffer, sizeof buffer);
    if (size <= 0) return close(fd);
    connections_[fd].input.append(buffer, static_cast<std::size_t>(size));
    for (;;) {
      Connection& connection = connections_[fd];
      const Request request = parse(connection.input);
      if (request.size == 0) return;
      handle(fd, connection, request);
      connections_[fd].input.erase(0, request.size);
    }
  }

 private:
  void handle(int fd, Connection& connection, const Request& request) {
    if (request.path ==
        "/result") {  // two-request worker: names the caller in its path's query? it holds one item only
      respond(two_step_caller_, request.body);
      respond(fd, "");
      return;
    }
    if (request.path == "/work") {
      if (request.method == "POST") respond(connection.caller, request.body);
      idle_.push_back(fd);
    } else {
      waiting_.emplace_back(fd, std::string(request.body));
    }
    match();
  }

  void match() {
    while (!idle_.empty() && !waiting_.empty()) {
      const int worker = idle_.back();
      idle_.pop_back();
      auto [caller, body] = std::move(waiting_.front());
      waiting_.pop_front();
      connections_[worker].caller = caller;
      two_step_caller_ = caller;
      respond(worker, body);
    }
  }

  static void respond(int fd, std::string_view body) {
    const std::string text = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;  // the other side has gone
  }

  void close(int fd) {
    std::erase(idle_, fd);
    connections_.erase(fd);
    ::close(fd);
  }

  int epoll_;
  int two_step_caller_ = -1;
  std::unordered_map<int, Connection> connections_;
  std::vector<int> idle_;
  std::deque<std::pair<int, std::string>> waiting_;
};

int listen_on(int fd, const sockaddr* address, socklen_t size) {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bench::check(::bind(fd, address, size), "bind");
  bench::check(::listen(fd, 128), "listen");
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: %s TCP_PORT SOCKET_FILE\n", argv[0]), 2;
  const sockaddr_in tcp = bench::tcp_address(std::atoi(argv[1]));
  const int callers = listen_on(bench::check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"),
                                reinterpret_cast<const sockaddr*>(&tcp), sizeof tcp);
  ::unlink(argv[2]);
  const sockaddr_un local = bench::unix_address(argv[2]);
  const int workers = listen_on(bench::check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"),
                                reinterpret_cast<const sockaddr*>(&local), sizeof local);
  const int epoll = bench::check(::epoll_create1(EPOLL_CLOEXEC), "epoll");
  bench::watch(epoll, callers);
  bench::watch(epoll, workers);
  Dispatcher dispatcher(epoll);
  std::puts("ready");
  std::fflush(stdout);
  epoll_event events[64];
  for (;;) {
    const int ready = ::epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[i].data.fd;
      fd == callers || fd == workers ? dispatcher.accept(fd) : dispatcher.readable(fd);
    }
  }
}
