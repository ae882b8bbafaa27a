// GET /functions/{arn}: the result of a call, as soon as it is there.
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"

namespace fescue {

namespace {

constexpr std::string_view kUnreadResults =
    "results that this worker has fetched wait to be read; this one is kept: read those first and fetch it again";

/// False: there is no room for another result that waits to be read.
bool answer_if_there_is_room(HttpExchange& exchange, const InvocationResult& result) {
  if (exchange.reserve_answer(result.payload.size())) {
    answer_result(exchange, result);
    return true;
  }
  HttpResponse busy = text_answer(503, kUnreadResults);
  busy.headers.add("Retry-After", "1");
  exchange.respond(std::move(busy));
  return false;
}

}  // namespace

void serve(IpcContext& context, const WorkerIdentity& caller, FetchResultCall call, HttpExchangePtr exchange) {
  const auto answered = std::make_shared<bool>(false);
  const auto fetched = context.results->fetch(call.id, caller.id, [exchange, answered](const InvocationResult& result) {
    *answered = true;
    return answer_if_there_is_room(*exchange, result);
  });
  if (!fetched) return refuse_call(context, *exchange, fetched.error());
  if (*answered) return;
  exchange->on_abandoned([table = std::weak_ptr(context.results), id = std::move(call.id)] {
    if (const auto results = table.lock()) results->stop_waiting(id);
  });
}

}  // namespace fescue
