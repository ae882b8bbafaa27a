// ApiServer: the way of one API request. It tells the service, verifies the signature (always; nothing on this listener
// is open), finds the operation, asks whether the key's role allows it, parses the body within bounds, runs the
// operation, and writes the answer or the error in the protocol's form. What needs no signature (metrics, packages by
// token) is routed elsewhere, before it comes here (cloud/http_routes.h).
//
//   auto server = std::make_shared<ApiServer>(plane, tasks);
//   HttpHandler handler = [server](HttpExchangePtr exchange) { server->handle(std::move(exchange)); };
//
// Bodies of more than a quarter of a megabyte are hashed and parsed on the pool. A refused request is counted by its
// error's name and logged with its request id; when many are refused only some are logged (one in a second of those
// without a good signature). Bodies, queries and signatures are never logged. The HTTP server's max_body_bytes must
// allow kMaxRequestBytes; with judge() it reads no body whose head is wrong. Each signature is good once
// (replay_cache.h), but for GET and HEAD.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/log_throttle.h"
#include "cloud/api/framework/api_router.h"
#include "cloud/api/framework/body_limits.h"
#include "cloud/api/framework/idempotency.h"
#include "cloud/api/framework/operation.h"
#include "cloud/control_plane.h"
#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"
#include "sys/sigv4/aws_sigv4.h"
#include "sys/sigv4/replay_cache.h"

namespace fescue::cloud {

struct OperationCounters {
  std::uint64_t succeeded = 0;
  std::uint64_t refused = 0;  // 4xx
  std::uint64_t failed = 0;   // 5xx
};

/// Counted since the start.
struct ApiCounters {
  std::uint64_t requests = 0;
  std::uint64_t unverified = 0;  // refused because of the signature, or before it was looked at (too large)
  std::uint64_t replayed = 0;    // of these, those whose signature was used before
  std::uint64_t unserved = 0;    // for services that are not here; not looked at further
  std::uint64_t unknown_operations = 0;
  std::map<KeyRole, std::uint64_t> denied;                   // signed requests that their key's role does not allow
  std::map<const Operation*, OperationCounters> operations;  // rows of the table
  std::map<std::string, std::uint64_t, std::less<>> errors;  // rejections by the error's name
};

/// Who sent a request.
struct ApiSender {
  std::string peer;                                    // for the log
  std::string origin;                                  // body_origin(): whose bytes and signatures they are
  std::function<void()> on_verified;                   // called once the signature is found good; may be empty
  std::function<bool(std::size_t)> has_room_for = {};  // an answer with so many bytes; may be empty
};

class ApiServer {
 public:
  /// `plane`, `tasks` and `table` must outlive the server.
  ApiServer(ControlPlane& plane, TaskGroup& tasks, std::span<const Operation> table = operations());

  /// Answers one exchange, later, from a task of the group.
  void handle(HttpExchangePtr exchange);

  /// The same without a connection.
  Task<HttpResponse> answer(HttpRequest request, ApiSender sender);

  /// For the HTTP server's options: what a head says before its body has come, and refusals in the service's form.
  HeadVerdict judge(const HttpRequest& head, const Peer& peer);
  HttpResponse write_refusal(const HttpRequest& head, const Peer& peer, unsigned status, std::string_view why);

  const ApiCounters& counters() const { return counters_; }

 private:
  struct Call;
  static bool is_served(const Call& call);
  static bool is_never_signed(const Call& call);
  Task<void> serve(HttpExchangePtr exchange);
  Task<ApiResult> run(Call& call);
  ApiValue<SigV4Terms> terms_for(Call& call);
  Task<ApiValue<void>> verify(Call& call);
  ApiValue<void> admit_signature(const Call& call);
  ApiValue<void> admit_role(const Call& call);
  Task<ApiResult> run_once(ApiRequest request);
  HttpResponse refuse(const Call& call, const ApiError& error);
  HttpResponse refuse_unread(const Call& call);
  HttpResponse finish(const Call& call, HttpResponse response);
  static void log_refusal(const Call& call, const ApiError& error, log::Level level, std::uint64_t left_out);
  void count(const Call& call, unsigned status);

  ControlPlane& plane_;
  TaskGroup& tasks_;
  Router router_;
  IdempotentAnswers answers_;
  ApiCounters counters_;
  ReplayCache replays_;
  LogThrottle unverified_lines_;
  LogThrottle refusal_lines_{std::chrono::milliseconds(100)};
};

}  // namespace fescue::cloud
