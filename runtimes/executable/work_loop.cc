// Asks for work, calls the handler, posts the result, and tries again while the core is away.
#include "work_loop.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "invocation.h"
#include "log.h"
#include "request_head.h"
#include "termination.h"

namespace fescue {

namespace {

// V1's policy for a core that is away: ten attempts within three seconds.
constexpr int kAttempts = 10, kFirstPauseMs = 50, kLongestPauseMs = 500, kTimeoutMs = 3000;

long now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

void log_refusal(const char* what, const Answer& answer) {
  const std::string_view why = part(answer.body.view(), 0, 500);
  log_line(GG_LOG_ERROR, "%s: HTTP Error %d: %.*s", what, answer.status, static_cast<int>(why.size()), why.data());
}

/// {"errorMessage": "..."}
void append_error_body(Buffer& out, std::string_view message) {
  constexpr std::size_t kMost = 64 * 1024;
  out.append("{\"errorMessage\": ");
  append_json_string(out, part(message, 0, kMost));
  out.append('}');
}

}  // namespace

WorkLoop::WorkLoop(const Environment& environment, gg_lambda_handler handler, RunsOn runs_on)
    : environment_(environment), handler_(handler), runs_on_(runs_on) {
  function_arn_.append(environment.function_arn.view());
}

gg_error WorkLoop::run() {
  if (runs_on_ == RunsOn::own_thread) block_sigterm();
  while (true) {
    gg_error error = has_item() ? GGE_SUCCESS : fetch();
    if (error == GGE_SUCCESS) error = handle();
    if (error == GGE_SUCCESS) error = hand_in();
    if (error == GGE_SUCCESS && told_to_stop() && !has_item()) error = GGE_TERMINATE;
    if (error != GGE_SUCCESS) return error;
  }
}

gg_error WorkLoop::fetch() {
  head_.clear();
  begin_head(head_, "GET", environment_.function_arn.view(), "/work", environment_.token.view());
  end_head(head_, 0);
  const gg_error error = exchange("", OnStop::give_up);
  if (error != GGE_SUCCESS || has_item()) return error;
  log_refusal("The core gave no work", answer_);
  return GGE_INTERNAL_FAILURE;
}

gg_error WorkLoop::handle() {
  item_id_.clear();
  item_id_.append(answer_.invocation_id.view());
  response_.clear();
  error_.clear();
  client_context_.clear();
  failed_ = !append_from_base64(client_context_, answer_.client_context.view());
  if (failed_) {
    error_.append("The client context cannot be parsed as base64");
    log_line(GG_LOG_ERROR, "The client context cannot be parsed as base64");
    return GGE_SUCCESS;
  }
  const pid_t pid = ::getpid();
  call_handler();
  if (::getpid() != pid) {
    log_line(GG_LOG_ERROR, "A child process that the handler forked came back from it");
    ::_exit(1);
  }
  return GGE_SUCCESS;
}

void WorkLoop::call_handler() {
  CurrentEvent event{answer_.body.view(), 0, response_, error_, failed_};
  const gg_lambda_context context{function_arn_.c_str(), client_context_.c_str()};
  if (runs_on_ == RunsOn::own_thread) unblock_sigterm();
  current_event() = &event;
  handler_(&context);
  current_event() = nullptr;
  if (runs_on_ == RunsOn::own_thread) block_sigterm();
}

gg_error WorkLoop::hand_in() {
  if (!response_.ok() || !error_.ok()) {
    failed_ = true;
    error_.clear();
    error_.append("There was no memory for the result");
  }
  Buffer error_body;
  append_error_body(error_body, error_.view());
  const gg_error error = failed_ ? post(false, error_body.view()) : post(true, response_.view());
  if (error != GGE_SUCCESS || answer_.ok()) return error;
  log_refusal("The outcome of an invocation was not accepted", answer_);
  if (failed_) return GGE_SUCCESS;
  Buffer refusal;  // or the caller would wait in vain
  append_error_body(refusal, "The result was not accepted by the core");
  return post(false, refusal.view());
}

/// The answer has the next item, unless the process is to stop.
gg_error WorkLoop::post(bool succeeded, std::string_view body) {
  const bool last = told_to_stop();
  head_.clear();
  begin_head(head_, "POST", environment_.function_arn.view(), "/work", environment_.token.view());
  add_header(head_, "X-Amz-InvocationId", item_id_.view());
  if (!last) add_header(head_, "Fescue-Next", "1");
  if (!succeeded) add_header(head_, "X-Amz-Function-Error", "Handled");
  end_head(head_, body.size());
  return exchange(body, last ? OnStop::finish : OnStop::give_up);
}

/// Of head_ and `body`; again and again while the core is away. The answer may be a refusal, but not of status 5xx.
gg_error WorkLoop::exchange(std::string_view body, OnStop on_stop) {
  if (!head_.ok()) return GGE_OUT_OF_MEMORY;
  const long begin = now_ms();
  int pause = kFirstPauseMs;
  for (int attempt = 1;; ++attempt) {
    const gg_error error = connection_.exchange({head_.view(), body}, on_stop, answer_);
    if (error != GGE_SUCCESS && error != GGE_INTERNAL_FAILURE) return error;
    if (error == GGE_SUCCESS && answer_.status < 500) return error;
    if (error == GGE_SUCCESS) log_refusal("The core has a problem", answer_);
    if (attempt == kAttempts || now_ms() - begin > kTimeoutMs) return GGE_INTERNAL_FAILURE;
    if (wait_readable(-1, pause) == Wake::stopped) return GGE_TERMINATE;
    pause = std::min(pause * 2, kLongestPauseMs);
  }
}

}  // namespace fescue
