// CloudInvocations: carries out what clients of the control plane ask with `aws lambda invoke` (docs/core-protocol.md).
//
//   take(notice) -> GET the request -> lambda_invoke.h -> POST the answer
//
// A request that is gone when it is fetched was somebody's who has given up. An answer is offered until the control
// plane has it or knows nothing of it any more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/invoker.h"
#include "model/core_config.h"
#include "model/deployment.h"
#include "sys/http/https_client.h"
#include "sys/loop/task_group.h"

namespace fescue {

struct CloudInvocationsOptions {
  HostPort address;      // of the control plane's HTTPS endpoint
  std::string instance;  // as in the hello
  std::size_t max_under_way = 256;
  std::chrono::milliseconds first_pause{1000};  // between offers of an answer; it doubles
  int max_offers = 8;
};

class CloudInvocations {
 public:
  /// `functions` outlives it. `deployed` gives the functions of the running group.
  CloudInvocations(asio::io_context& io, CloudInvocationsOptions options, std::shared_ptr<TlsContext> tls,
                   Invoker& functions, std::function<std::vector<FunctionArn>()> deployed);

  void take(const InvocationNotice& notice);
  Task<void> stop();

 private:
  Task<void> carry_out(InvocationId id);
  Task<Result<HttpRequest>> fetch(InvocationId id);
  Task<HttpResponse> run(HttpRequest request);
  Task<Result<void>> offer(InvocationId id, HttpResponse outcome);

  asio::io_context& io_;
  CloudInvocationsOptions options_;
  HttpsClient client_;
  Invoker& functions_;
  std::function<std::vector<FunctionArn>()> deployed_;
  TaskGroup tasks_;
};

}  // namespace fescue
