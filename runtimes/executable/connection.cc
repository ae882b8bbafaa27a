// One connection to the core: dialled with a deadline, written to and read from.
#include "connection.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "endpoint.h"
#include "environment.h"
#include "log.h"
#include "termination.h"

namespace fescue {

namespace {

constexpr std::size_t kInputSize = 64 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr int kLastWordsMs = 1000;

}  // namespace

Connection::~Connection() {
  close();
  std::free(input_);
}

void Connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

gg_error Connection::exchange(const Request& request, OnStop on_stop, Answer& answer) {
  if (on_stop == OnStop::give_up && told_to_stop()) return GGE_TERMINATE;
  const bool reused = is_open();
  Attempt outcome = attempt(request, on_stop, answer);
  if (outcome == Attempt::nothing_came && reused) outcome = attempt(request, on_stop, answer);
  if (outcome == Attempt::answered && !answer.has_memory()) outcome = Attempt::no_memory;
  if (outcome != Attempt::answered || answer.closes) close();
  switch (outcome) {
    case Attempt::answered:
      return GGE_SUCCESS;
    case Attempt::stopped:
      return GGE_TERMINATE;
    case Attempt::no_memory:
      return GGE_OUT_OF_MEMORY;
    case Attempt::nothing_came:
      log_line(GG_LOG_ERROR, "The core closed the connection without an answer");
      return GGE_INTERNAL_FAILURE;
    case Attempt::broken:
      return GGE_INTERNAL_FAILURE;
  }
  return GGE_INTERNAL_FAILURE;
}

Connection::Attempt Connection::attempt(const Request& request, OnStop on_stop, Answer& answer) {
  answer.begin();
  if (input_ == nullptr) input_ = static_cast<char*>(std::malloc(kInputSize));
  if (input_ == nullptr) return Attempt::no_memory;
  if (!is_open() && !open()) return Attempt::broken;
  const bool sent = send(request);
  // The core may have refused the request before it had read all of it: its answer says why.
  const Attempt outcome = receive(on_stop, answer);
  if (outcome == Attempt::nothing_came || (!sent && outcome != Attempt::answered)) {
    close();
    return Attempt::nothing_came;
  }
  if (!sent) answer.closes = true;
  return outcome;
}

bool Connection::open() {
  socket_ = open_endpoint(environment_.socket.view(), environment_.port);
  if (socket_ >= 0) return true;
  if (environment_.socket.size() > 0) {
    log_line(GG_LOG_ERROR, "Cannot connect to the core at %.*s: %m", static_cast<int>(environment_.socket.size()),
             environment_.socket.view().data());
  } else {
    log_line(GG_LOG_ERROR, "Cannot connect to the core at localhost:%d: %m", environment_.port);
  }
  return false;
}

bool Connection::send(const Request& request) {
  iovec parts[] = {{const_cast<char*>(request.head.data()), request.head.size()},
                   {const_cast<char*>(request.body.data()), request.body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  std::size_t left = request.head.size() + request.body.size();
  while (left > 0) {
    const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    left -= static_cast<std::size_t>(sent);
    std::size_t done = static_cast<std::size_t>(sent);
    for (iovec& each : parts) {
      const std::size_t taken = std::min(done, each.iov_len);
      each.iov_base = static_cast<char*>(each.iov_base) + taken;
      each.iov_len -= taken;
      done -= taken;
    }
  }
  return true;
}

Connection::Attempt Connection::receive(OnStop on_stop, Answer& answer) {
  std::size_t head_size = 0;
  const Attempt outcome = receive_head(on_stop, head_size);
  if (outcome != Attempt::answered) return outcome;
  const auto body_size = parse_head({input_, head_size}, answer);
  const std::size_t begin = head_size + kHeadEnd.size();
  if (!body_size || have_ - begin > *body_size) {
    log_line(GG_LOG_ERROR, "The core answered what is no answer: \"%.*s\"",
             static_cast<int>(std::min<std::size_t>(head_size, 80)), input_);
    return Attempt::broken;
  }
  return receive_body(on_stop, begin, *body_size, answer);
}

/// Into input_, until there is a blank line in it.
Connection::Attempt Connection::receive_head(OnStop on_stop, std::size_t& head_size) {
  have_ = 0;
  while (have_ < kInputSize) {
    std::size_t received = 0;
    const Attempt outcome = receive_some(on_stop, input_ + have_, kInputSize - have_, received);
    if (outcome == Attempt::nothing_came && have_ > 0) {
      log_line(GG_LOG_ERROR, "The core closed the connection inside the header of an answer");
      return Attempt::broken;
    }
    if (outcome != Attempt::answered) return outcome;
    const std::size_t from = std::max(have_, kHeadEnd.size()) - kHeadEnd.size();
    have_ += received;
    const std::size_t end = std::string_view(input_, have_).find(kHeadEnd, from);
    if (end != std::string_view::npos) {
      head_size = end;
      return Attempt::answered;
    }
  }
  log_line(GG_LOG_ERROR, "The header of the core's answer is longer than %zu bytes", kInputSize);
  return Attempt::broken;
}

/// What came with the head is at `begin` of input_; the rest goes straight where it belongs.
Connection::Attempt Connection::receive_body(OnStop on_stop, std::size_t begin, std::size_t size, Answer& answer) {
  char* to = answer.body.extend(size);
  if (size == 0) return Attempt::answered;
  if (to == nullptr) return Attempt::no_memory;
  std::size_t have = have_ - begin;
  std::memcpy(to, input_ + begin, have);
  while (have < size) {
    std::size_t received = 0;
    const Attempt outcome = receive_some(on_stop, to + have, size - have, received);
    if (outcome == Attempt::nothing_came) {
      log_line(GG_LOG_ERROR, "The body of the core's answer ends after %zu of %zu bytes", have, size);
      return Attempt::broken;
    }
    if (outcome != Attempt::answered) return outcome;
    have += received;
  }
  return Attempt::answered;
}

Connection::Attempt Connection::receive_some(OnStop on_stop, char* to, std::size_t room, std::size_t& received) {
  const Wake wake = on_stop == OnStop::finish && told_to_stop() ? wait_readable_to_the_end(socket_, kLastWordsMs)
                                                                : wait_readable(socket_, -1);
  if (wake == Wake::stopped && on_stop == OnStop::finish) return receive_some(on_stop, to, room, received);
  if (wake != Wake::readable) return Attempt::stopped;
  while (true) {
    const ssize_t got = ::recv(socket_, to, room, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Attempt::nothing_came;
    received = static_cast<std::size_t>(got);
    return Attempt::answered;
  }
}

}  // namespace fescue
