// Opens a socket to the core: the Unix socket first, else TCP.
#include "endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bytes.h"

namespace fescue {

namespace {

template <typename Address>
int connect_to(int family, const Address& address) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  int done = 0;
  do {
    done = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (done != 0 && errno == EINTR);
  if (done != 0 && errno != EISCONN) {  // that: it was done while a signal interrupted it
    const int error = errno;
    ::close(socket);
    errno = error;
    return -1;
  }
  const int on = 1;
  if (family != AF_UNIX) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

int open_short_path(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path);
  return connect_to(AF_UNIX, address);
}

/// A path that does not fit into an address is reached through a descriptor of its directory.
int open_long_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  Buffer directory_name;
  directory_name.append(part(path, 0, slash == std::string_view::npos ? 0 : slash));
  const int directory = ::open(directory_name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return -1;
  const std::string_view name = part(path, slash + 1);
  char shorter[sizeof(sockaddr_un::sun_path)];
  const int length = std::snprintf(shorter, sizeof shorter, "/proc/self/fd/%d/%.*s", directory,
                                   static_cast<int>(name.size()), name.data());
  errno = ENAMETOOLONG;
  const int socket = static_cast<std::size_t>(length) < sizeof shorter ? open_short_path(shorter) : -1;
  const int error = errno;
  ::close(directory);
  errno = error;
  return socket;
}

int open_tcp(std::uint16_t port) {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(port);
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = connect_to(AF_INET, ipv4);
  if (socket >= 0) return socket;
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(port);
  ipv6.sin6_addr = IN6ADDR_LOOPBACK_INIT;
  return connect_to(AF_INET6, ipv6);
}

}  // namespace

int open_endpoint(std::string_view path, std::uint16_t port) {
  Buffer name;
  name.append(path);
  if (!name.ok()) errno = ENOMEM;
  if (!name.ok()) return -1;
  if (path.empty() || ::access(name.c_str(), F_OK) != 0) return open_tcp(port);
  return path.size() < sizeof(sockaddr_un::sun_path) ? open_short_path(name.c_str()) : open_long_path(path);
}

}  // namespace fescue
