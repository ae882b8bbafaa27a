// A request for work that is held until there is some, the worker leaves, or its connection ends.
#include "ipc/work_poll.h"

namespace fescue {

namespace {

/// The gateway's handler owns it, so it has expired as soon as a newer request replaced it.
struct WorkPoll {
  WorkerGateway& workers;
  WorkerId worker;
  HttpExchangePtr exchange;
  RenderItem render;
  bool answered = false;

  void answer(WorkItem item) {
    answered = true;
    exchange->on_unread([&gateway = workers, by = worker, id = item.id] { gateway.return_work(by, id); });
    exchange->respond(render(std::move(item)));
  }
};

std::shared_ptr<WorkPoll> ask(WorkerGateway& workers, const WorkerId& worker, const HttpExchangePtr& exchange,
                              RenderItem render) {
  auto poll = std::make_shared<WorkPoll>(WorkPoll{workers, worker, exchange, std::move(render)});
  workers.next_work(worker, [poll](WorkItem item) { poll->answer(std::move(item)); });
  return poll;
}

}  // namespace

void give_next_work(WorkerGateway& workers, const WorkerId& worker, HttpExchangePtr exchange, RenderItem render) {
  const auto poll = ask(workers, worker, exchange, std::move(render));
  if (poll->answered) return;
  exchange->on_abandoned([&workers, worker, open = std::weak_ptr(poll)] {
    if (!open.expired()) workers.forget_request(worker);
  });
}

WasGiven give_waiting_work(WorkerGateway& workers, const WorkerId& worker, const HttpExchangePtr& exchange,
                           RenderItem render) {
  const auto poll = ask(workers, worker, exchange, std::move(render));
  if (!poll->answered) workers.forget_request(worker);
  return WasGiven(poll->answered);
}

}  // namespace fescue
