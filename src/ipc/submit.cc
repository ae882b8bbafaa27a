// POST /functions/{arn}: a function runs another function, calls a system service or, by the router's ARN, publishes.
#include <fmt/format.h>

#include "base/random.h"
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "ipc/publish_order.h"

namespace fescue {

namespace {

Result<void> publish(IpcContext& context, const WorkerIdentity& caller, const SubmitCall& call, std::string body) {
  FESCUE_TRY(order, parse_publish_order(call.client_context));
  if (body.size() > kMaxMessageBytes) {
    return Error(Code::too_large, fmt::format("a message cannot be larger than {} KB", kMaxMessageBytes >> 10));
  }
  Message message{Endpoint::function(caller.function), std::move(order.topic), Payload(std::move(body))};
  return context.ports.publisher.publish(std::move(message), order.policy);
}

ResultHandler store_result(const IpcContext& context, const InvocationId& id) {
  return [table = std::weak_ptr(context.results), id](InvocationResult result) {
    if (const auto results = table.lock()) results->complete(id, std::move(result), steady_now());
  };
}

Result<void> submit(IpcContext& context, const InvocationId& id, const WorkerIdentity& caller, SubmitCall call,
                    std::string body) {
  const bool publishing = call.target == system_function::router;
  const bool waits = call.type == InvocationType::request_response;
  if (waits) FESCUE_CHECK(context.results->expect(id, caller.id, caller.function, steady_now()));
  const ResultHandler done = waits ? store_result(context, id) : ResultHandler();
  Result<void> taken = ok();
  if (publishing) {
    taken = publish(context, caller, call, std::move(body));
    if (taken && done) done({});
  } else {
    taken = context.ports.invoker.submit({.id = id,
                                          .caller = caller.function,
                                          .target = std::move(call.target),
                                          .type = call.type,
                                          .client_context = std::move(call.client_context),
                                          .payload = Payload(std::move(body))},
                                         done);
  }
  if (!taken && waits) context.results->forget(id);
  return taken;
}

}  // namespace

void serve(IpcContext& context, const WorkerIdentity& caller, SubmitCall call, HttpExchangePtr exchange) {
  const InvocationId id(random_uuid());
  const InvocationType type = call.type;
  const auto taken = submit(context, id, caller, std::move(call), std::move(exchange->request().body));
  if (!taken) return refuse_call(context, *exchange, taken.error());
  context.ports.workers.note_call(caller.id);
  answer_accepted(*exchange, id, type);
}

}  // namespace fescue
