// Signals, the starter's descriptor and the ready line around one run of the loop.
#include "sys/loop/service_loop.h"

#include <sys/prctl.h>

#include <csignal>

#include "base/json_escape.h"
#include "base/log.h"
#include "sys/process/descriptor_limit.h"

namespace fescue {

ServiceLoop::ServiceLoop(Fd control) : signals_(io_, SIGTERM, SIGINT), control_(io_), stop_(io_) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  signals_.async_wait([this](error_code failure, int) {
    if (!failure) request_stop();
  });
  if (control) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    control_.assign(control.release());
    asio::co_spawn(io_, watch_control(), asio::detached);
  }
}

void ServiceLoop::announce_ready(std::string_view facts) {
  if (control_.is_open() && !write_line(std::string(facts))) {
    log::warn("Cannot tell the parent process that this one is ready.");
  }
}

int ServiceLoop::refuse_start(std::string_view text, const Error& why) {
  if (control_.is_open() && write_line("{\"error\":" + json_quote(why.message()) + "}")) log::silence_stderr();
  log::fatal(text, {{"errorString", why.message()}});
  return 1;
}

bool ServiceLoop::write_line(std::string line) {
  error_code failure;
  asio::write(control_, asio::buffer(line + "\n"), failure);
  return !failure;
}

Task<void> ServiceLoop::watch_control() {
  char byte;
  const auto [failure, size] = co_await control_.async_read_some(asio::buffer(&byte, 1), use_result);
  if (failure != asio::error::operation_aborted) request_stop();
}

Task<void> ServiceLoop::stop_requested() {
  if (!stop_.is_set()) co_await stop_.wait();
}

void ServiceLoop::request_stop() { stop_.set(); }

int ServiceLoop::run(std::function<Task<int>()> body) {
  int status = 70;
  asio::co_spawn(io_, std::move(body), [&](std::exception_ptr failure, int result) {
    if (failure) std::rethrow_exception(failure);
    status = result;
    io_.stop();
  });
  io_.run();
  return status;
}

}  // namespace fescue
