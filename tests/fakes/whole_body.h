// For tests: the body of an answer, from its source where it has one.
#pragma once

#include <string>

#include "sys/http/body_source.h"
#include "sys/http/http.h"
#include "tests/fakes/run_until.h"

namespace fescue {

/// The response with its body in memory; the error of a source that does not give all of it.
inline Task<Result<HttpResponse>> with_whole_body(HttpResponse response) {
  while (response.source && response.body.size() < response.source->size()) {
    FESCUE_CO_TRY(piece, co_await response.source->next(1000));
    response.body += piece;
  }
  response.source.reset();
  co_return response;
}

}  // namespace fescue
