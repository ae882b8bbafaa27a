// The C functions on gg_request: start one, read its answer, close it.
#include "request.h"

#include <algorithm>
#include <cstring>

#include "log.h"
#include "process.h"
#include "request_head.h"

namespace fescue {

namespace {

gg_request_status status_of(const Answer& answer, Refusals refusals) {
  switch (answer.error) {
    case FunctionError::handled:
      return GG_REQUEST_HANDLED;
    case FunctionError::unhandled:
      return GG_REQUEST_UNHANDLED;
    case FunctionError::unknown:
      return GG_REQUEST_UNKNOWN;
    case FunctionError::none:
      break;
  }
  const std::string_view document = answer.body.view();
  const bool refused = (refusals == Refusals::of_shadow && has_keys(document, "code", "message")) ||
                       (refusals == Refusals::of_secrets && has_keys(document, "Status", "Message"));
  return refused ? GG_REQUEST_HANDLED : GG_REQUEST_SUCCESS;
}

/// The core did not take the request: the program may read why, and so may people.
gg_request_status refused(const Answer& answer) {
  const std::string_view why = part(answer.body.view(), 0, 500);
  log_line(GG_LOG_ERROR, "HTTP Error %d: %.*s", answer.status, static_cast<int>(why.size()), why.data());
  return answer.status == 429 ? GG_REQUEST_AGAIN : GG_REQUEST_UNKNOWN;
}

void post_head(_gg_request& request, const Call& call, std::string_view token) {
  request.head.clear();
  begin_head(request.head, "POST", call.target, "", token);
  if (!call.context.empty()) add_header(request.head, "X-Amz-Client-Context", call.context);
  add_header(request.head, "X-Amz-Invocation-Type", call.type == GG_INVOKE_EVENT ? "Event" : "RequestResponse");
  end_head(request.head, call.payload.size());
}

void fetch_head(_gg_request& request, const Call& call, std::string_view token) {
  request.head.clear();
  begin_head(request.head, "GET", call.target, "", token);
  add_header(request.head, "X-Amz-InvocationId", request.answer.invocation_id.view());
  end_head(request.head, 0);
}

gg_error exchange(_gg_request& request, Connection& connection, std::string_view body) {
  if (!request.head.ok()) return GGE_OUT_OF_MEMORY;
  return connection.exchange({request.head.view(), body}, OnStop::give_up, request.answer);
}

gg_error perform_on(Connection& connection, _gg_request& request, const Call& call, Refusals refusals,
                    gg_request_result& result) {
  const std::string_view token = state()->environment.token.view();
  post_head(request, call, token);
  if (const gg_error error = exchange(request, connection, call.payload); error != GGE_SUCCESS) return error;
  if (!request.answer.ok()) {
    result.request_status = refused(request.answer);
    return GGE_SUCCESS;
  }
  if (call.type == GG_INVOKE_EVENT) {
    request.answer.body.clear();  // V1 says nothing of what is in it
    result.request_status = GG_REQUEST_SUCCESS;
    return GGE_SUCCESS;
  }
  fetch_head(request, call, token);
  if (const gg_error error = exchange(request, connection, ""); error != GGE_SUCCESS) return error;
  result.request_status = request.answer.ok() ? status_of(request.answer, refusals) : refused(request.answer);
  return GGE_SUCCESS;
}

}  // namespace

gg_error perform(_gg_request& request, const Call& call, Refusals refusals, gg_request_result& result) {
  result.request_status = GG_REQUEST_UNKNOWN;
  request.read = 0;
  request.answer.begin();
  const BorrowedConnection connection(state()->connections);
  if (connection.get() == nullptr) return GGE_OUT_OF_MEMORY;
  const gg_error error = perform_on(*connection.get(), request, call, refusals, result);
  if (error != GGE_SUCCESS) request.answer.begin();
  return error;
}

}  // namespace fescue

using namespace fescue;

gg_error gg_request_init(gg_request* ggreq) {
  if (ggreq == nullptr) return GGE_INVALID_PARAMETER;
  *ggreq = nullptr;
  if (state() == nullptr) return GGE_INVALID_STATE;
  *ggreq = new _gg_request;
  return *ggreq == nullptr ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
}

gg_error gg_request_reuse(gg_request ggreq) {
  if (ggreq == nullptr) return GGE_INVALID_PARAMETER;
  const Use use(ggreq);
  if (!use) return GGE_INVALID_STATE;
  ggreq->answer.begin();
  ggreq->read = 0;
  return GGE_SUCCESS;
}

gg_error gg_request_close(gg_request ggreq) {
  if (ggreq != nullptr && ggreq->busy) return GGE_INVALID_STATE;
  delete ggreq;
  return GGE_SUCCESS;
}

gg_error gg_request_read(gg_request ggreq, void* buffer, size_t buffer_size, size_t* amount_read) {
  if (amount_read != nullptr) *amount_read = 0;
  if (ggreq == nullptr || amount_read == nullptr || (buffer == nullptr && buffer_size > 0)) {
    return GGE_INVALID_PARAMETER;
  }
  const Use use(ggreq);
  if (!use) return GGE_INVALID_STATE;
  const std::string_view rest = part(ggreq->answer.body.view(), ggreq->read, buffer_size);
  if (!rest.empty()) std::memcpy(buffer, rest.data(), rest.size());
  ggreq->read += rest.size();
  *amount_read = rest.size();
  return GGE_SUCCESS;
}
