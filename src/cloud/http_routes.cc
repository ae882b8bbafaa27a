// The table of an HTTP listener.
#include "cloud/http_routes.h"

#include <algorithm>
#include <memory>

namespace fescue::cloud {

bool any_path(std::string_view) { return true; }

const HttpRoute* find_route(const std::vector<HttpRoute>& table, std::string_view path) {
  const auto found = std::ranges::find_if(table, [&](const HttpRoute& row) { return row.takes(path); });
  return found == table.end() ? nullptr : &*found;
}

HttpHandler route_by_path(std::vector<HttpRoute> table) {
  return [table = std::move(table)](HttpExchangePtr exchange) {
    if (const HttpRoute* row = find_route(table, exchange->request().path())) return row->handle(std::move(exchange));
    HttpResponse response{404, {}, "There is nothing here.\n"};
    response.headers.add("Content-Type", "text/plain");
    exchange->respond(std::move(response));
  };
}

}  // namespace fescue::cloud
