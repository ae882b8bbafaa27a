// The Core SDK for C++17 functions: a thin layer over greengrasssdk.h, in this header alone.
//
//     #include <greengrasssdk.hpp>
//
//     std::string handle(const greengrass::Event& event) {
//       greengrass::publish("alarms", event.payload);
//       return "done";
//     }
//
//     int main() { return greengrass::run(handle); }
//
// What the SDK cannot do throws greengrass::Error. What the other side made of a request is a Response: look at ok().
// Any thread may call any of the functions. Payloads are bytes in strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "greengrasssdk.h"

namespace greengrass {

/// A call of the SDK itself failed; `code` is why. After SIGTERM it is GGE_TERMINATE.
class Error : public std::runtime_error {
 public:
  Error(gg_error code, const std::string& what)
      : std::runtime_error(what + ": gg_error " + std::to_string(static_cast<int>(code))), code_(code) {}
  gg_error code() const noexcept { return code_; }

 private:
  gg_error code_;
};

/// A handler throws it to fail its call with this text; so does any other std::exception with its what().
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An event as the handler gets it. `payload` is all of it.
struct Event {
  std::string function_arn;
  std::string client_context;  // JSON, or empty
  std::string payload;
};

/// Returns the result of the call.
using Handler = std::function<std::string(const Event&)>;

/// What came of a request; `payload` is the answer or, when not ok(), why not.
struct Response {
  gg_request_status status = GG_REQUEST_UNKNOWN;
  std::string payload;
  bool ok() const noexcept { return status == GG_REQUEST_SUCCESS; }
  /// A queue is full; worth another try.
  bool again() const noexcept { return status == GG_REQUEST_AGAIN; }
};

enum class QueueFull { best_effort, all_or_error };
enum class Invoke { event, request_response };
enum class LogLevel { debug, info, warn, error, fatal };

namespace detail {

inline void check(gg_error code, const char* what) {
  if (code != GGE_SUCCESS) throw Error(code, what);
}

/// gg_global_init() once, by whatever comes first. It must come before the first thread: start with run(), start(), or
/// any other function of this header in main().
inline void initialize() {
  static const gg_error outcome = gg_global_init(0);
  check(outcome, "gg_global_init");
}

/// `read(buffer, size, &amount)` until nothing is left.
template <typename Read>
std::string read_all(Read read, const char* what) {
  std::string all;
  char buffer[4096];
  std::size_t amount = 0;
  do {
    check(read(buffer, sizeof buffer, &amount), what);
    all.append(buffer, amount);
  } while (amount > 0);
  return all;
}

class Request {
 public:
  Request() {
    initialize();
    check(gg_request_init(&handle_), "gg_request_init");
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() { gg_request_close(handle_); }

  /// `call(handle, &result)` is one of the C functions.
  template <typename Call>
  Response perform(Call call, const char* what) {
    gg_request_result result{GG_REQUEST_UNKNOWN};
    check(call(handle_, &result), what);
    return {result.request_status,
            read_all([this](void* buffer, std::size_t size,
                            std::size_t* amount) { return gg_request_read(handle_, buffer, size, amount); },
                     "gg_request_read")};
  }

 private:
  gg_request handle_ = nullptr;
};

inline Handler& handler() {
  static Handler& current = *new Handler;  // threads may still run it while the process ends
  return current;
}

inline void call_handler(const gg_lambda_context* context) noexcept {
  try {
    const Event event{context->function_arn, context->client_context,
                      read_all(gg_lambda_handler_read, "gg_lambda_handler_read")};
    const std::string result = handler()(event);
    check(gg_lambda_handler_write_response(result.data(), result.size()), "gg_lambda_handler_write_response");
  } catch (const std::exception& failure) {
    gg_log(GG_LOG_ERROR, "The handler failed: %s", failure.what());
    gg_lambda_handler_write_error(failure.what());
  } catch (...) {
    gg_log(GG_LOG_ERROR, "The handler threw what is no std::exception");
    gg_lambda_handler_write_error("The handler threw what is no std::exception");
  }
}

inline gg_error start(Handler wanted, std::uint32_t options) {
  initialize();
  handler() = std::move(wanted);
  return gg_runtime_start(call_handler, options);
}

}  // namespace detail

/// Handles events on this thread until the process is told to stop. Returns main's result: 0 then, 1 when the core went
/// away.
inline int run(Handler handler) { return detail::start(std::move(handler), 0) == GGE_TERMINATE ? 0 : 1; }

/// Handles events on a thread of its own from now on; they end when main returns.
inline void start(Handler handler) {
  detail::check(detail::start(std::move(handler), GG_RT_OPT_ASYNC), "gg_runtime_start");
}

inline void log(LogLevel level, std::string_view text) {
  gg_log(static_cast<gg_log_level>(GG_LOG_DEBUG + static_cast<int>(level)), "%.*s", static_cast<int>(text.size()),
         text.data());
}

/// To the targets that the group's subscriptions name for this function and topic.
inline Response publish(const std::string& topic, std::string_view payload, QueueFull policy = QueueFull::best_effort) {
  struct Options {
    gg_publish_options handle = nullptr;
    Options() { detail::check(gg_publish_options_init(&handle), "gg_publish_options_init"); }
    Options(const Options&) = delete;
    Options& operator=(const Options&) = delete;
    ~Options() { gg_publish_options_free(handle); }
  } options;
  const auto wanted =
      policy == QueueFull::all_or_error ? GG_QUEUE_FULL_POLICY_ALL_OR_ERROR : GG_QUEUE_FULL_POLICY_BEST_EFFORT;
  detail::check(gg_publish_options_set_queue_full_policy(options.handle, wanted), "set_queue_full_policy");
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) {
        return gg_publish_with_options(request, topic.c_str(), payload.data(), payload.size(), options.handle, result);
      },
      "gg_publish_with_options");
}

/// Runs another function of the group; its ARN has its version. `context`: base64 of JSON, or empty.
inline Response invoke(const std::string& function_arn, std::string_view payload,
                       Invoke type = Invoke::request_response, const std::string& context = {}) {
  gg_invoke_options options{};
  options.function_arn = function_arn.c_str();
  options.customer_context = context.empty() ? nullptr : context.c_str();
  options.type = type == Invoke::event ? GG_INVOKE_EVENT : GG_INVOKE_REQUEST_RESPONSE;
  options.payload = payload.data();
  options.payload_size = payload.size();
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) { return gg_invoke(request, &options, result); }, "gg_invoke");
}

inline Response get_thing_shadow(const std::string& thing) {
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) {
        return gg_get_thing_shadow(request, thing.c_str(), result);
      },
      "gg_get_thing_shadow");
}

inline Response update_thing_shadow(const std::string& thing, const std::string& document) {
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) {
        return gg_update_thing_shadow(request, thing.c_str(), document.c_str(), result);
      },
      "gg_update_thing_shadow");
}

inline Response delete_thing_shadow(const std::string& thing) {
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) {
        return gg_delete_thing_shadow(request, thing.c_str(), result);
      },
      "gg_delete_thing_shadow");
}

/// `stage` empty: AWSCURRENT.
inline Response get_secret_value(const std::string& secret, const std::string& stage = {}) {
  return detail::Request().perform(
      [&](gg_request request, gg_request_result* result) {
        return gg_get_secret_value(request, secret.c_str(), nullptr, stage.empty() ? nullptr : stage.c_str(), result);
      },
      "gg_get_secret_value");
}

}  // namespace greengrass
