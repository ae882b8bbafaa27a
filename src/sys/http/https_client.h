// HttpsClient: exchanges with one server, over connections that are kept between them. Exchanges may overlap; each has
// a connection to itself.
//
// A kept connection may have been closed by the server meanwhile, and that shows only when it is used: then the request
// goes out once more on a new one. So it is for requests that may be repeated.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sys/http/http_client.h"
#include "sys/tls/tls.h"

namespace fescue {

class HttpsClient {
 public:
  HttpsClient(std::string host, std::uint16_t port, std::shared_ptr<TlsContext> tls)
      : host_(std::move(host)), port_(port), tls_(std::move(tls)) {}

  /// Errors: those of connect_tls() and http_exchange(). The client outlives the exchange.
  Task<Result<HttpResponse>> exchange(HttpRequest request, HttpClientOptions options);

 private:
  Task<Result<HttpResponse>> attempt(StreamPtr stream, HttpRequest request, HttpClientOptions options);

  std::string host_;
  std::uint16_t port_;
  std::shared_ptr<TlsContext> tls_;
  std::vector<StreamPtr> idle_;
};

}  // namespace fescue
