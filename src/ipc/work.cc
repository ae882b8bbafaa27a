// GET and POST /functions/{arn}/work: a worker takes its next item and brings the outcome of the last one. This is the
// hot path: with `Fescue-Next: 1` the POST is answered by the next item, so that an event costs one exchange.
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"

namespace fescue {

namespace {

/// An open request for work. The gateway's handler owns it, so it has expired as soon as a newer request replaced it.
struct WorkPoll {
  WorkerGateway& workers;
  WorkerId worker;
  HttpExchangePtr exchange;
  bool answered = false;

  void answer(WorkItem item) {
    answered = true;
    exchange->on_unread([&gateway = workers, by = worker, id = item.id] { gateway.return_work(by, id); });
    HttpResponse response;
    response.headers.add("X-Amz-InvocationId", item.id.str());
    response.headers.add("X-Amz-Client-Context", std::move(item.client_context));
    response.body = item.payload.view();
    exchange->respond(std::move(response));
  }
};

/// No answer comes until there is work, however long that takes.
void give_next_work(WorkerGateway& workers, const WorkerId& worker, HttpExchangePtr exchange) {
  auto poll = std::make_shared<WorkPoll>(WorkPoll{workers, worker, exchange});
  workers.next_work(worker, [poll](WorkItem item) { poll->answer(std::move(item)); });
  if (poll->answered) return;
  exchange->on_abandoned([&workers, worker, open = std::weak_ptr(poll)] {
    if (!open.expired()) workers.forget_request(worker);
  });
}

}  // namespace

void serve(IpcContext& context, const WorkerIdentity& caller, NextWorkCall call, HttpExchangePtr exchange) {
  if (call.function != caller.function) return refuse_caller(context, *exchange, "the work is another function's");
  give_next_work(context.ports.workers, caller.id, std::move(exchange));
}

void serve(IpcContext& context, const WorkerIdentity& caller, WorkDoneCall call, HttpExchangePtr exchange) {
  if (call.function != caller.function) return refuse_caller(context, *exchange, "the work is another function's");
  WorkerGateway& workers = context.ports.workers;
  InvocationResult result{call.error, Payload(std::move(exchange->request().body))};
  const auto taken = workers.post_result(caller.id, call.id, std::move(result));
  if (!taken) return answer_error(*exchange, taken.error());
  if (!call.then_next) return answer_empty(*exchange, 200);
  give_next_work(workers, caller.id, std::move(exchange));
}

}  // namespace fescue
