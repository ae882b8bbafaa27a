// Code.Location of GetFunction: a URL on the API's own port from which the package can be fetched for ten minutes by
// whoever was given it (docs/compatibility/api-lambda.md#packages). Not signed as AWS requests are; the token in it is
// checked.
//
//   http://HOST/_artifacts/lambda/SHA256.zip?token=EXPIRY-MAC
#pragma once

#include <string>
#include <string_view>

#include "cloud/control_plane.h"
#include "model/ids.h"
#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"

namespace fescue::cloud {

/// `host` is the Host header of the request that asks.
std::string artifact_location(const ControlPlane& plane, std::string_view host, const ArtifactHash& artifact);

/// Whether a raw path is for serve_artifact_download.
bool is_artifact_download(std::string_view path);

/// Answers later, from a task of `tasks`. 403 for a wrong or late token, 404 when the package is gone.
void serve_artifact_download(ControlPlane& plane, TaskGroup& tasks, HttpExchangePtr exchange);

/// The same without a connection.
Task<HttpResponse> download_artifact(ControlPlane& plane, HttpRequest request);

}  // namespace fescue::cloud
