// CloudInvocations: carries out what clients of the control plane ask with `aws lambda invoke` (docs/core-protocol.md).
//
//   notice by the link -> GET the request -> invoke_operation.h -> POST the answer
//
// A request that is gone when it is fetched belonged to a caller who has given up. An answer is offered until the
// control plane has it or knows nothing of it any more, `max_offers` times at most.
#pragma once

#include <memory>
#include <string>

#include "engine/ports/cloud_link.h"
#include "functions/function_service.h"
#include "model/core_config.h"
#include "model/deployment.h"
#include "sys/http/https_client.h"
#include "sys/loop/task_group.h"

namespace fescue {

struct CloudInvocationsOptions {
  ThingName core;
  HostPort address;      // of the control plane's HTTPS endpoint
  std::string instance;  // as in the hello
  std::size_t max_under_way = 256;
  std::chrono::milliseconds first_pause{1000};  // between offers of an answer; it doubles
  int max_offers = 8;
};

class CloudInvocations {
 public:
  /// Takes the notices that come by `link`. It and `functions` outlive this.
  CloudInvocations(asio::io_context& io, CloudInvocationsOptions options, std::shared_ptr<TlsContext> tls,
                   FunctionService& functions, CloudLink& link);

  Task<void> stop();

 private:
  void take(const InvocationNotice& notice);
  Task<void> carry_out(InvocationId id);
  Task<Result<HttpRequest>> fetch(InvocationId id);
  Task<HttpResponse> run(HttpRequest request);
  Task<Result<void>> offer(InvocationId id, HttpResponse outcome);

  asio::io_context& io_;
  CloudInvocationsOptions options_;
  HttpsClient client_;
  FunctionService& functions_;
  TaskGroup tasks_;
};

}  // namespace fescue
