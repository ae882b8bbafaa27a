// What the owner can ask of a core:
//
//   GET  /v1/status                      what runs, waits and fails (core_status.h)
//   GET  /v1/functions?name=F            what one function gets of the machine, how its workers ended (function_view.h)
//   GET  /v1/metrics                     the same as Prometheus text
//   GET  /v1/explain?from=S&topic=T      where a message would go, and why (engine/routing/explain.h)
//   GET  /v1/logs?log=NAME&lines=N       the end of a log; NAME is "system" or a function's
//   GET  /v1/logs?log=NAME&from=POS      what was added since: POS is the Fescue-Log-Position of the answer before
//   POST /2015-03-31/functions/F/invocations     Lambda's Invoke (lambda_invoke.h)
//
// Errors of /v1 are {"message": "..."}.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/admin/core_status.h"
#include "core/admin/function_view.h"
#include "core/layout.h"
#include "engine/ports/invoker.h"
#include "engine/routing/explain.h"
#include "sys/http/http_server.h"

namespace fescue {

/// What the routes look at.
struct AdminView {
  std::function<CoreStatus()> status;
  std::function<Explanation(const Endpoint& source, const Topic& topic)> explain;
  std::function<std::vector<FunctionArn>()> deployed;                                // functions
  std::function<std::optional<FunctionView>(const FunctionArn& function)> function;  // absent: not deployed
  std::function<bool()> starting;  // the saved group is not loaded yet
  CoreLayout layout;
  Invoker& invoker;
};

class AdminRoutes {
 public:
  explicit AdminRoutes(AdminView view) : view_(std::move(view)) {}

  /// Answers exactly once, now or (an invocation) later.
  void handle(HttpExchangePtr exchange);

  /// Ever-growing: requests that were answered with a status of 4xx.
  std::uint64_t refused() const { return refused_; }

 private:
  HttpResponse answer(const HttpRequest& request) const;
  void invoke(HttpExchangePtr exchange);
  void respond(HttpExchange& exchange, HttpResponse response);

  AdminView view_;
  std::uint64_t refused_ = 0;
};

/// `cloud`, `GGShadowService` or `shadow`, an ARN, or the name of a deployed function. Error: invalid_argument or
/// not_found, saying what is possible.
Result<Endpoint> parse_source(std::string_view text, const std::vector<FunctionArn>& deployed);

std::string to_json(const Explanation& explanation);

}  // namespace fescue
