// Code.Location of GetFunction: a URL on the API's own port from which the package can be fetched for ten minutes by
// whoever was given it (docs/compatibility/api-lambda.md#packages). Not signed as AWS requests are; the token in it is
// checked, and serves a few at once.
//
//   http://HOST/_artifacts/lambda/SHA256.zip?token=EXPIRY-MAC
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cloud/control_plane.h"
#include "model/ids.h"
#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"

namespace fescue::cloud {

/// `host` is the Host header of the request that asks.
std::string artifact_location(const ControlPlane& plane, std::string_view host, const ArtifactHash& artifact);

/// Whether a raw path is for ArtifactDownloads.
bool is_artifact_download(std::string_view path);

/// Answers of one link that are under way: somebody may try again, or read in parts that fail.
inline constexpr std::size_t kMaxDownloadsOfLink = 4;

class ArtifactDownloads {
 public:
  ArtifactDownloads(ControlPlane& plane, TaskGroup& tasks) : plane_(plane), tasks_(tasks) {}

  /// Answers later, from a task of `tasks`. 403 for a wrong or late token, 404 when the package is gone, 429 while
  /// enough others use the link.
  void handle(HttpExchangePtr exchange);

  /// The same without a connection. The link is in use until the answer is let go.
  Task<HttpResponse> answer(HttpRequest request);

 private:
  using UnderWay = std::unordered_map<std::string, std::size_t>;  // by token

  Task<void> serve(HttpExchangePtr exchange);
  std::shared_ptr<const void> take_place(const std::string& token);

  ControlPlane& plane_;
  TaskGroup& tasks_;
  std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace fescue::cloud
