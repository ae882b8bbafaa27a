// Which service and which operation a request asks for. All services share one port, so the service is told apart by
// the signature's scope, else by X-Amz-Target, a form's Action or the path (docs/compatibility/api.md#one-port). Paths
// are split raw and decoded afterwards, since labels carry escaped slashes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

/// Absent when the signature is for a service that is not served here.
std::optional<Service> service_of(const HttpRequest& request);

class Router {
 public:
  /// `table` must outlive the router.
  explicit Router(std::span<const Operation> table);

  struct Match {
    const Operation* operation = nullptr;
    std::vector<std::string> labels;
    std::vector<std::pair<std::string, std::string>> query;  // STS: the form's fields
  };
  /// Errors: 404 UnknownOperationException; 400 SerializationException for broken escapes and text that is not UTF-8.
  ApiValue<Match> match(Service service, const HttpRequest& request) const;

 private:
  struct Row {
    const Operation* operation;
    std::vector<std::string> segments;  // a label is ""
  };
  ApiValue<Match> match_path(Service service, const HttpRequest& request) const;
  ApiValue<Match> match_name(Service service, std::string_view name) const;

  std::span<const Operation> table_;
  std::vector<Row> rows_;  // rows with more literal segments first
};

}  // namespace fescue::cloud
