// A client of the control plane's own API: connects, signs, sends, reads the JSON answer.
//
//   FESCUE_CO_TRY(client, co_await ApiClient::connect(address, ca_pem, key, region));
//   FESCUE_CO_TRY(answer, co_await client.call("iot", {"GET", "/things", {}, ""}));
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"
#include "model/aws_credentials.h"
#include "model/core_config.h"
#include "sys/http/http.h"
#include "sys/loop/asio.h"
#include "sys/net/stream.h"

namespace fescue::cli {

struct ApiAddress {
  HostPort address;
  bool tls = false;  // by a certificate of the instance's CA
};

/// "http://127.0.0.1:8181", "https://...", as endpoints.json has it.
Result<ApiAddress> parse_api_address(std::string_view url);

class ApiClient {
 public:
  static Task<Result<ApiClient>> connect(ApiAddress api, std::string ca_pem, AccessKey key, std::string region);

  /// `service` is the one in the signature. Errors: what was answered, already_exists for 409, permission_denied for
  /// 403, not_found for 404.
  Task<Result<boost::json::value>> call(std::string service, HttpRequest request);

 private:
  ApiClient(StreamPtr stream, HostPort api, AccessKey key, std::string region)
      : stream_(std::move(stream)), api_(std::move(api)), key_(std::move(key)), region_(std::move(region)) {}

  StreamPtr stream_;
  HostPort api_;
  AccessKey key_;
  std::string region_;
};

}  // namespace fescue::cli
