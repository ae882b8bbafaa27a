// The table of who answers on one HTTP listener: rows are looked at in order, the first one whose `takes` says yes to
// the request's raw path answers. A row for everything stands last; without one, what no row takes is answered 404.
//
//   accept(listener, route_by_path({{"metrics", is_metrics_path, serve_metrics}, {"API", any_path, serve_api}}));
#pragma once

#include <string_view>
#include <vector>

#include "sys/http/http_server.h"

namespace fescue::cloud {

struct HttpRoute {
  std::string_view name;                 // of our own, in static storage
  bool (*takes)(std::string_view path);  // percent-encoded, without the query
  HttpHandler handle;
};

bool any_path(std::string_view path);

/// The row that answers; null when there is none.
const HttpRoute* find_route(const std::vector<HttpRoute>& table, std::string_view path);

HttpHandler route_by_path(std::vector<HttpRoute> table);

}  // namespace fescue::cloud
