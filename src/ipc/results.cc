// GET /functions/{arn}: the result of a call, as soon as it is there.
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"

namespace fescue {

void serve(IpcContext& context, const WorkerIdentity& caller, FetchResultCall call, HttpExchangePtr exchange) {
  const auto answered = std::make_shared<bool>(false);
  const auto fetched = context.results->fetch(call.id, caller.id, [exchange, answered](InvocationResult result) {
    *answered = true;
    answer_result(*exchange, result);
  });
  if (!fetched) return refuse_call(context, *exchange, fetched.error());
  if (*answered) return;
  exchange->on_abandoned([table = std::weak_ptr(context.results), id = std::move(call.id)] {
    if (const auto results = table.lock()) results->stop_waiting(id);
  });
}

}  // namespace fescue
