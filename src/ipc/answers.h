// The forms in which the IPC API answers.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/ports/worker_gateway.h"
#include "model/ids.h"
#include "model/invocation.h"
#include "sys/http/http_server.h"

namespace fescue {

/// Errors are short plain text: V1's clients log it and raise.
HttpResponse text_answer(unsigned status, std::string_view text);
void answer_text(HttpExchange& exchange, unsigned status, std::string_view text);
void answer_json(HttpExchange& exchange, unsigned status, std::string json);
void answer_empty(HttpExchange& exchange, unsigned status);
/// A call was taken: the id to fetch its result by.
void answer_accepted(HttpExchange& exchange, const InvocationId& id, InvocationType type);
/// An item for a worker.
HttpResponse work_answer(WorkItem item);
/// X-Amz-Function-Error is always there, empty on success: the Python SDK raises unless it equals ''.
void answer_result(HttpExchange& exchange, const InvocationResult& result);

}  // namespace fescue
