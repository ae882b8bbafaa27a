// sendmsg(2) and recvmsg(2) with descriptors, and how the end of a peer is told from an empty message.
#include "sandbox/protocol/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace fescue {

namespace {

union ControlBuffer {
  cmsghdr align;
  char bytes[CMSG_SPACE(sizeof(int) * kMaxDescriptors)];
};

std::vector<Fd> take_descriptors(msghdr& header) {
  std::vector<Fd> descriptors;
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number;
      std::memcpy(&number, CMSG_DATA(control) + i * sizeof number, sizeof number);
      descriptors.emplace_back(number);
    }
  }
  return descriptors;
}

/// An empty message reads like an end of file; only the peer's hang-up tells them apart.
bool peer_is_gone(int channel) {
  pollfd state{channel, POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

Result<ChannelPair> make_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno_error("make a socket pair");
  ChannelPair pair{Fd(ends[0]), Fd(ends[1])};
  if (::fcntl(pair.first.get(), F_SETFL, O_NONBLOCK) != 0) return errno_error("make a socket non-blocking");
  return pair;
}

Result<Sending> send_message(int channel, std::string_view message, std::span<const int> descriptors) {
  FESCUE_ASSERT(descriptors.size() <= kMaxDescriptors);
  iovec part{const_cast<char*>(message.data()), message.size()};
  ControlBuffer control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = control.bytes;
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  while (::sendmsg(channel, &header, MSG_NOSIGNAL) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return Sending::would_block;
    if (errno == EPIPE || errno == ECONNRESET) return Error(Code::unavailable, "the other end is gone");
    if (errno == EMSGSIZE) return Error(Code::too_large, "message is longer than the socket's buffer");
    return errno_error("send a message");
  }
  return Sending::sent;
}

MessageReader::MessageReader() : buffer_(kMaxMessage) {}

Result<std::optional<Incoming>> MessageReader::read(int channel) {
  iovec part{buffer_.data(), buffer_.size()};
  ControlBuffer control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  const ssize_t size = ::recvmsg(channel, &header, MSG_CMSG_CLOEXEC);
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return std::optional<Incoming>();
    if (errno == ECONNRESET) return Error(Code::unavailable, "the other end is gone");
    return errno_error("receive a message");
  }
  Incoming incoming{std::string_view(buffer_.data(), static_cast<std::size_t>(size)), take_descriptors(header)};
  if (size == 0 && peer_is_gone(channel)) return Error(Code::unavailable, "the other end is gone");
  if (header.msg_flags & MSG_TRUNC) return Error(Code::too_large, "message is too long");
  if (header.msg_flags & MSG_CTRUNC) return Error(Code::too_large, "message has too many descriptors");
  return std::optional<Incoming>(std::move(incoming));
}

std::vector<int> descriptors_of(const WorkerSpec& spec, Hop hop) {
  std::vector<int> descriptors{spec.working_directory.get()};
  for (const Fd& output : spec.outputs) descriptors.push_back(output.get());
  if (spec.connection_place != ConnectionPlace::none) descriptors.push_back(spec.connection.get());
  if (!spec.container) return descriptors;
  for (const Fd* fd : {&spec.container->package, &spec.container->runtimes, &spec.container->socket}) {
    descriptors.push_back(fd->get());
  }
  if (hop == Hop::to_launcher) return descriptors;
  for (const auto& resource : spec.container->resources) descriptors.push_back(resource.mount.get());
  return descriptors;
}

Result<void> attach(WorkerSpec& spec, std::vector<Fd> descriptors, Hop hop) {
  std::vector<Fd*> places{&spec.working_directory};
  for (Fd& output : spec.outputs) places.push_back(&output);
  if (spec.connection_place != ConnectionPlace::none) places.push_back(&spec.connection);
  if (spec.container) {
    for (Fd* fd : {&spec.container->package, &spec.container->runtimes, &spec.container->socket}) places.push_back(fd);
  }
  if (spec.container && hop == Hop::to_monitor) {
    for (auto& resource : spec.container->resources) places.push_back(&resource.mount);
  }
  if (descriptors.size() != places.size()) {
    return Error(Code::invalid_argument, "start needs " + std::to_string(places.size()) + " descriptors, got " +
                                             std::to_string(descriptors.size()));
  }
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = std::move(descriptors[i]);
  return ok();
}

}  // namespace fescue
