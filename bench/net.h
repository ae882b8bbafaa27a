// The few socket calls that the load generators and floors share. Any failure ends the program: it is a measurement.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bench {

inline int check(int result, const char* what) {
  if (result < 0) {
    std::perror(what);
    std::exit(1);
  }
  return result;
}

inline std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

inline void set_nonblocking(int fd) { check(::fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl"); }

inline sockaddr_in tcp_address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

/// "127.0.0.1:PORT" or a socket file.
inline int dial(const std::string& where) {
  const std::size_t colon = where.rfind(':');
  if (where.front() == '/') {
    const int fd = check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const sockaddr_un address = unix_address(where);
    check(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), where.c_str());
    return fd;
  }
  const int fd = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const sockaddr_in address = tcp_address(std::atoi(where.c_str() + colon + 1));
  check(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), where.c_str());
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

inline void write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    check(static_cast<int>(sent), "send");
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

inline void watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  check(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

/// Microseconds at the given part of the sorted samples.
inline double percentile(std::vector<std::uint64_t>& samples_ns, double part) {
  if (samples_ns.empty()) return 0;
  std::sort(samples_ns.begin(), samples_ns.end());
  const auto index = static_cast<std::size_t>(part * static_cast<double>(samples_ns.size() - 1));
  return static_cast<double>(samples_ns[index]) / 1000.0;
}

}  // namespace bench
