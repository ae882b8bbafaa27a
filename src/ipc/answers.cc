// Statuses of Codes, and the headers and bodies of every answer of the local API.
#include "ipc/answers.h"

namespace fescue {

unsigned http_status(Code code) {
  switch (code) {
    case Code::invalid_argument:
      return 400;
    case Code::unauthenticated:
    case Code::permission_denied:
      return 403;
    case Code::not_found:
      return 404;
    case Code::already_exists:
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    case Code::resource_exhausted:
      return 429;  // our C library makes GG_REQUEST_AGAIN of it
    case Code::unimplemented:
      return 501;
    case Code::unavailable:
    case Code::cancelled:
      return 503;
    case Code::timeout:
      return 504;
    case Code::io:
    case Code::internal:
      return 500;
  }
  return 500;
}

HttpResponse text_answer(unsigned status, std::string_view text) {
  return make_response(status, media_type::kText, std::string(text));
}

void answer_text(HttpExchange& exchange, unsigned status, std::string_view text) {
  exchange.respond(text_answer(status, text));
}

void answer_json(HttpExchange& exchange, unsigned status, std::string json) {
  exchange.respond(make_response(status, media_type::kJson, std::move(json)));
}

void answer_empty(HttpExchange& exchange, unsigned status) { exchange.respond({status, {}, ""}); }

void answer_accepted(HttpExchange& exchange, const InvocationId& id, InvocationType type) {
  HttpResponse response;
  response.status = type == InvocationType::event ? 202 : 200;
  response.headers.add("X-Amz-InvocationId", id.str());
  exchange.respond(std::move(response));
}

HttpResponse work_answer(WorkItem item) {
  HttpResponse response;
  response.headers.add("X-Amz-InvocationId", item.id.str());
  response.headers.add("X-Amz-Client-Context", std::move(item.client_context));
  response.body = item.payload.view();
  return response;
}

void answer_result(HttpExchange& exchange, const InvocationResult& result) {
  HttpResponse response;
  response.headers.add("X-Amz-Function-Error", std::string(name_of(result.error)));
  response.body = result.payload.view();
  exchange.respond(std::move(response));
}

}  // namespace fescue
