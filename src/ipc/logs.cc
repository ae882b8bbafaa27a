// POST /cloudwatch/logs/: log lines of functions from before log descriptors.
#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"

namespace fescue {

void serve(IpcContext& context, const WorkerIdentity& caller, LegacyLogCall, HttpExchangePtr exchange) {
  auto batch = parse_legacy_log(exchange->request().body);
  if (!batch) return refuse_call(context, *exchange, batch.error());
  if (context.ports.legacy_log) context.ports.legacy_log(caller, std::move(*batch));
  answer_empty(*exchange, 200);
}

}  // namespace fescue
