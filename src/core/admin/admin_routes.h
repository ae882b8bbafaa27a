// What the owner can ask of a core:
//
//   GET  /v1/status                      what runs, waits and fails (engine/ports/status_source.h)
//   GET  /v1/functions?name=F            what one function gets of the machine, how its workers ended (function_view.h)
//   GET  /v1/metrics                     the same as Prometheus text
//   GET  /v1/explain?from=S&topic=T      where a message would go, and why (engine/routing/explain.h)
//   GET  /v1/logs?log=NAME&lines=N       the end of a log; NAME is "system" or a function's
//   GET  /v1/logs?log=NAME&from=POS      what was added since: POS is the Fescue-Log-Position of the answer before
//   POST /2015-03-31/functions/F/invocations     Lambda's Invoke (invoke_operation.h)
//
// Errors of /v1 are {"message": "..."}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/admin/function_view.h"
#include "core/layout.h"
#include "engine/ports/invoker.h"
#include "engine/ports/status_source.h"
#include "engine/routing/explain.h"
#include "sys/http/http_server.h"

namespace fescue {

/// What the routes look at.
class AdminView {
 public:
  virtual ~AdminView() = default;
  virtual std::string status_json() const = 0;
  virtual std::string metrics_text() const = 0;
  virtual Explanation explain(const Endpoint& source, const Topic& topic) const = 0;
  /// The functions of the running set.
  virtual std::vector<FunctionArn> deployed() const = 0;
  /// Absent when it is not deployed.
  virtual std::optional<FunctionView> function(const FunctionArn& function) const = 0;
  /// Whether the saved group is not loaded yet.
  virtual bool starting() const = 0;
};

class AdminRoutes final : public StatusSource {
 public:
  /// `view` and `invoker` outlive it.
  AdminRoutes(const AdminView& view, CoreLayout layout, Invoker& invoker)
      : view_(view), layout_(std::move(layout)), invoker_(invoker) {}

  /// Answers exactly once, now or (an invocation) later.
  void handle(HttpExchangePtr exchange);

  /// Ever-growing: requests that were answered with a status of 4xx.
  std::uint64_t refused() const { return refused_; }
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;

 private:
  HttpResponse answer(const HttpRequest& request) const;
  void invoke(HttpExchangePtr exchange);
  void respond(HttpExchange& exchange, HttpResponse response);

  const AdminView& view_;
  CoreLayout layout_;
  Invoker& invoker_;
  std::uint64_t refused_ = 0;
};

/// `cloud`, `GGShadowService` or `shadow`, an ARN, or the name of a deployed function. Error: invalid_argument or
/// not_found, saying what is possible.
Result<Endpoint> parse_source(std::string_view text, const std::vector<FunctionArn>& deployed);

std::string to_json(const Explanation& explanation);

}  // namespace fescue
