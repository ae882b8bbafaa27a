// ApiServer: the way of one API request. It tells the service, verifies the signature (always; nothing on this listener
// is open), finds the operation, parses the body within bounds, runs the operation, and writes the answer or the error
// in the protocol's form. What needs no signature (metrics, packages by token) is routed elsewhere, before it comes
// here (cloud/http_routes.h).
//
//   auto dispatcher = std::make_shared<ApiServer>(plane, tasks);
//   HttpHandler handler = [dispatcher](HttpExchangePtr exchange) { dispatcher->handle(std::move(exchange)); };
//
// Bodies of more than a quarter of a megabyte are hashed and parsed on the pool. A refused request is counted by its
// error's name and logged with its request id; when many are refused only some are logged (one in a second of those
// without a good signature). Bodies, queries and signatures are never logged. The HTTP server's max_body_bytes must
// allow kMaxRequestBytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/log_throttle.h"
#include "cloud/api/framework/api_router.h"
#include "cloud/api/framework/idempotency.h"
#include "cloud/api/framework/operation.h"
#include "cloud/control_plane.h"
#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"

namespace fescue::cloud {

/// A Lambda package of 50 MB in base64 with the JSON around it (docs/compatibility/api-lambda.md#fields).
inline constexpr std::size_t kMaxRequestBytes = 69'905'067;

struct OperationCounters {
  std::uint64_t succeeded = 0;
  std::uint64_t refused = 0;  // 4xx
  std::uint64_t failed = 0;   // 5xx
};

/// Counted since the start.
struct ApiCounters {
  std::uint64_t requests = 0;
  std::uint64_t unverified = 0;  // refused because of the signature, or before it was looked at (too large)
  std::uint64_t unknown_operations = 0;
  std::map<const Operation*, OperationCounters> operations;  // rows of the table
  std::map<std::string, std::uint64_t, std::less<>> errors;  // rejections by the error's name
};

class ApiServer {
 public:
  /// `plane`, `tasks` and `table` must outlive the dispatcher.
  ApiServer(ControlPlane& plane, TaskGroup& tasks, std::span<const Operation> table = operations());

  /// Answers one exchange, later, from a task of the group.
  void handle(HttpExchangePtr exchange);

  /// The same without a connection. `peer` is for the log.
  Task<HttpResponse> answer(HttpRequest request, std::string peer);

  const ApiCounters& counters() const { return counters_; }

 private:
  struct Call;
  Task<void> serve(HttpExchangePtr exchange);
  Task<ApiResult> run(Call& call);
  Task<ApiValue<void>> verify(Call& call);
  Task<ApiResult> run_once(ApiRequest request);
  HttpResponse refuse(const Call& call, const ApiError& error);
  static void log_refusal(const Call& call, const ApiError& error, log::Level level, std::uint64_t left_out);
  void count(const Call& call, unsigned status);

  ControlPlane& plane_;
  TaskGroup& tasks_;
  Router router_;
  IdempotentAnswers answers_;
  ApiCounters counters_;
  LogThrottle unverified_lines_;
  LogThrottle refusal_lines_{std::chrono::milliseconds(100)};
};

}  // namespace fescue::cloud
