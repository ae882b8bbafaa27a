// GET and POST /functions/{arn}/work: a worker takes its next item and brings the outcome of the last one. This is the
// hot path: with `Fescue-Next: 1` the POST is answered by the next item, so that an event costs one exchange.
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "ipc/work_poll.h"

namespace fescue {

void serve(IpcContext& context, const WorkerIdentity& caller, NextWorkCall call, HttpExchangePtr exchange) {
  if (call.function != caller.function) return refuse_caller(context, *exchange, "the work is another function's");
  give_next_work(context.ports.workers, caller.id, std::move(exchange), work_answer);
}

void serve(IpcContext& context, const WorkerIdentity& caller, WorkDoneCall call, HttpExchangePtr exchange) {
  if (call.function != caller.function) return refuse_caller(context, *exchange, "the work is another function's");
  WorkerGateway& workers = context.ports.workers;
  InvocationResult result{call.error, Payload(std::move(exchange->request().body))};
  const auto taken = workers.post_result(caller.id, call.id, std::move(result));
  if (!taken) return refuse_call(context, *exchange, taken.error());
  if (!call.then_next) return answer_empty(*exchange, 200);
  give_next_work(workers, caller.id, std::move(exchange), work_answer);
}

}  // namespace fescue
