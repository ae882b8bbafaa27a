// Closed-loop HTTP/1.1 callers on keep-alive connections: bench_http_load WHERE PATH CALLERS SECONDS [HEADER...]
// WHERE is 127.0.0.1:PORT or a socket file. Body: a small JSON event. Prints one JSON object.
#include <unistd.h>

#include <fmt/format.h>

#include "net.h"

namespace {

struct Caller {
  int fd = -1;
  std::uint64_t sent_at = 0;
  std::string input;
};

/// Bytes of the first complete response in `input`, or 0. The response must say 200.
std::size_t response_size(const std::string& input) {
  const std::size_t head = input.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  if (input.compare(0, 12, "HTTP/1.1 200") != 0) {
    std::fprintf(stderr, "unexpected answer:\n%s\n", input.c_str());
    std::exit(1);
  }
  const char* at = ::strcasestr(input.c_str(), "content-length:");
  const std::size_t body = at == nullptr ? 0 : static_cast<std::size_t>(std::atoll(at + 15));
  const std::size_t total = head + 4 + body;
  return input.size() >= total ? total : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return std::fprintf(stderr, "usage: %s WHERE PATH CALLERS SECONDS [HEADER...]\n", argv[0]), 2;
  const std::string where = argv[1];
  const std::string body = R"({"test-key":"Some string value","n":12345})";
  std::string request =
      fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", argv[2], body.size());
  for (int i = 5; i < argc; ++i) request += std::string(argv[i]) + "\r\n";
  request += "\r\n" + body;

  const int epoll = bench::check(::epoll_create1(EPOLL_CLOEXEC), "epoll");
  std::vector<Caller> by_fd(4096);
  const int callers = std::atoi(argv[3]);
  const auto send = [&](Caller& caller) {
    caller.sent_at = bench::now_ns();
    bench::write_all(caller.fd, request.data(), request.size());
  };
  for (int i = 0; i < callers; ++i) {
    const int fd = bench::dial(where);
    bench::set_nonblocking(fd);
    bench::watch(epoll, fd);
    Caller& caller = by_fd[static_cast<std::size_t>(fd)];
    caller.fd = fd;
    send(caller);
  }

  std::vector<std::uint64_t> samples;
  samples.reserve(1 << 20);
  const std::uint64_t start = bench::now_ns();
  const std::uint64_t warm = start + 50'000'000;  // not counted
  const auto end = warm + static_cast<std::uint64_t>(std::atof(argv[4]) * 1e9);
  char buffer[65536];
  epoll_event events[64];
  for (std::uint64_t now = start; now < end; now = bench::now_ns()) {
    const int ready = ::epoll_wait(epoll, events, 64, 1000);
    for (int i = 0; i < ready; ++i) {
      Caller& caller = by_fd[static_cast<std::size_t>(events[i].data.fd)];
      const ssize_t size = ::read(caller.fd, buffer, sizeof buffer);
      if (size <= 0) return std::fprintf(stderr, "connection lost\n"), 1;
      caller.input.append(buffer, static_cast<std::size_t>(size));
      const std::size_t used = response_size(caller.input);
      if (used == 0) continue;
      caller.input.erase(0, used);
      const std::uint64_t done = bench::now_ns();
      if (caller.sent_at >= warm) samples.push_back(done - caller.sent_at);
      send(caller);
    }
  }
  const double seconds = static_cast<double>(bench::now_ns() - warm) / 1e9;
  const auto count = static_cast<double>(samples.size());
  fmt::print("{{\"count\":{},\"rate\":{:.0f},\"p50\":{:.1f},\"p90\":{:.1f},\"p99\":{:.1f}}}\n", samples.size(),
             count / seconds, bench::percentile(samples, 0.5), bench::percentile(samples, 0.9),
             bench::percentile(samples, 0.99));
}
