// From a port to the socket's inode (/proc/net/tcp) to the process that has it open (/proc/PID/fd).
#include "sys/net/port_holder.h"

#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text/parse_number.h"

namespace fescue {
namespace {

namespace fs = std::filesystem;

struct ListeningSocket {
  uid_t uid;
  std::string inode;
};

/// The columns of /proc/net/tcp: number, local address, remote address, state, queues, timer, retransmits, uid,
/// timeout, inode.
std::optional<ListeningSocket> listener_in(const char* table, std::uint16_t port) {
  constexpr std::string_view listening = "0A";
  std::ifstream lines(table);
  std::string line;
  std::getline(lines, line);  // headings
  while (std::getline(lines, line)) {
    std::istringstream columns(line);
    std::string number, local, remote, state, queues, timer, retransmits, timeout, inode;
    uid_t uid = 0;
    if (!(columns >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode)) {
      continue;
    }
    const auto colon = local.rfind(':');
    if (state != listening || colon == std::string::npos) continue;
    if (parse_number<std::uint16_t>(std::string_view(local).substr(colon + 1), 16) == port)
      return ListeningSocket{uid, inode};
  }
  return std::nullopt;
}

bool holds(const fs::path& process, const std::string& link) {
  std::error_code error;
  for (fs::directory_iterator fd(process / "fd", error), end; !error && fd != end; fd.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(fd->path(), unreadable) == link) return true;
  }
  return false;
}

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

std::string describe_port_holder(std::uint16_t port, Stack stack) {
  const char* tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
  if (stack == Stack::ipv6) std::swap(tables[0], tables[1]);
  auto socket = listener_in(tables[0], port);
  if (!socket) socket = listener_in(tables[1], port);
  if (!socket) return "";
  const std::string link = "socket:[" + socket->inode + "]";
  std::error_code error;
  for (fs::directory_iterator process("/proc", error), end; !error && process != end; process.increment(error)) {
    const auto pid = process->path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos || !holds(process->path(), link)) continue;
    return "held by " + first_line(process->path() / "comm") + " (pid " + pid + ")";
  }
  return "held by a process of uid " + std::to_string(socket->uid);
}

}  // namespace fescue
