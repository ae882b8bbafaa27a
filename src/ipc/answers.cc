// The headers and bodies of every answer of the local API.
#include "ipc/answers.h"

namespace fescue {

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
