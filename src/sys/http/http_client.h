// HTTP/1.1 client: one request on a stream, response read whole or handed on in pieces.
//
//   HttpRequest request{"GET", "/v1/status", {}, ""};  // a variable: g++ 12 miscompiles a braced temporary in co_await
//   FESCUE_CO_TRY(response, co_await http_exchange(*stream, std::move(request)));
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "sys/http/http.h"
#include "sys/net/stream.h"

namespace fescue {

struct HttpClientOptions {
  std::chrono::milliseconds timeout{30000};  // for the whole exchange
  std::size_t max_body_bytes = 64 * 1024 * 1024;
};

/// Sends `request` (Host and Content-Length are added if absent) and reads the response. The stream stays usable when
/// the response allowed keep-alive; otherwise, and after an error, it is closed. Errors: timeout; unavailable (nobody
/// answers, or not in HTTP); too_large; invalid_argument for a request that cannot be written.
Task<Result<HttpResponse>> http_exchange(Stream& stream, HttpRequest request, HttpClientOptions options = {});

}  // namespace fescue
