// PUT /functions/{arn}/initialized: {"Success": bool, "Response": str}, the outcome of loading the handler.
#include <boost/json.hpp>

#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "ipc/work_poll.h"
#include "model/json_reader.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxReasonBytes = 4096;

/// Absent when the start was a success.
Result<std::optional<std::string>> parse_failure(std::string_view body) {
  FESCUE_TRY(document, parse_json(body));
  const JsonReader reader(document, "body");
  FESCUE_TRY(success_member, reader.get("Success"));
  FESCUE_TRY(success, success_member.as_bool());
  if (success) return std::optional<std::string>();
  FESCUE_TRY(reason, reader.string_or("Response", ""));
  reason.resize(std::min(reason.size(), kMaxReasonBytes));
  return std::optional<std::string>(std::move(reason));
}

}  // namespace

void serve(IpcContext& context, const WorkerIdentity& caller, InitializedCall call, HttpExchangePtr exchange) {
  if (call.function != caller.function) return refuse_caller(context, *exchange, "the worker is another function's");
  auto failure = parse_failure(exchange->request().body);
  if (!failure) return refuse_call(context, *exchange, failure.error());
  WorkerGateway& workers = context.ports.workers;
  const bool then_next = call.then_next && !*failure;
  if (!then_next) answer_empty(*exchange, 200);
  workers.post_initialized(caller.id, std::move(*failure));
  if (then_next && !give_waiting_work(workers, caller.id, exchange, work_answer)) answer_empty(*exchange, 200);
}

}  // namespace fescue
