// A worker's open request for work, in whatever API it asked.
#pragma once

#include <functional>

#include "base/strong.h"
#include "engine/ports/worker_gateway.h"
#include "sys/http/http_server.h"

namespace fescue {

/// The item as the answer to the request.
using RenderItem = std::function<HttpResponse(WorkItem)>;

/// No answer comes until there is work, however long that takes. An item whose answer was not read goes back.
void give_next_work(WorkerGateway& workers, const WorkerId& worker, HttpExchangePtr exchange, RenderItem render);

/// What is there now, if anything: returns whether it was the answer.
using WasGiven = StrongBool<struct WasGivenTag>;
WasGiven give_waiting_work(WorkerGateway& workers, const WorkerId& worker, const HttpExchangePtr& exchange,
                           RenderItem render);

}  // namespace fescue
