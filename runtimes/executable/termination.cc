// The event descriptor, the signal's handler, and waits that it ends.
#include "termination.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "log.h"

namespace fescue {

namespace {

constinit int event = -1;
constinit pid_t owner = 0;
constinit std::atomic<bool> stopped = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // or a signal handler could not use it

void on_sigterm(int signal) {
  const int error = errno;
  if (::getpid() != owner) {
    ::signal(signal, SIG_DFL);
    ::raise(signal);
  } else {
    stopped = true;
    const std::uint64_t one = 1;
    if (::write(event, &one, sizeof one) < 0) stopped = true;  // full: it is readable already
  }
  errno = error;
}

void change_mask(int how) {
  sigset_t sigterm;
  sigemptyset(&sigterm);
  sigaddset(&sigterm, SIGTERM);
  pthread_sigmask(how, &sigterm, nullptr);
}

Wake poll_until(pollfd* descriptors, nfds_t count, int timeout_ms) {
  while (true) {
    const int ready = ::poll(descriptors, count, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return Wake::readable;  // the read will say what is wrong
    if (ready == 0) return Wake::timeout;
    return descriptors[0].revents != 0 ? Wake::readable : Wake::stopped;
  }
}

}  // namespace

gg_error prepare_termination() {
  owner = ::getpid();
  event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event >= 0) return GGE_SUCCESS;
  log_line(GG_LOG_FATAL, "Cannot make an event descriptor: %m");
  return GGE_INTERNAL_FAILURE;
}

gg_error catch_sigterm() {
  struct sigaction action {};
  action.sa_handler = on_sigterm;
  sigemptyset(&action.sa_mask);
  return ::sigaction(SIGTERM, &action, nullptr) == 0 ? GGE_SUCCESS : GGE_INTERNAL_FAILURE;
}

void interrupt_main() {
  struct sigaction action {};
  if (::sigaction(SIGTERM, nullptr, &action) == 0 && action.sa_handler == on_sigterm) ::kill(::getpid(), SIGTERM);
}

void block_sigterm() { change_mask(SIG_BLOCK); }

void unblock_sigterm() { change_mask(SIG_UNBLOCK); }

bool told_to_stop() { return stopped; }

Wake wait_readable(int descriptor, int timeout_ms) {
  pollfd descriptors[] = {{descriptor, POLLIN, 0}, {event, POLLIN, 0}};
  return poll_until(descriptors, 2, timeout_ms);
}

Wake wait_readable_to_the_end(int descriptor, int timeout_ms) {
  pollfd descriptors[] = {{descriptor, POLLIN, 0}};
  return poll_until(descriptors, 1, timeout_ms);
}

}  // namespace fescue
