// Which operation a request asks for. Paths are split raw and decoded afterwards, since labels carry escaped slashes
// (docs/compatibility/api.md#paths).
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

class Router {
 public:
  /// `table` must outlive the router.
  explicit Router(std::span<const Operation> table);

  struct Match {
    const Operation* operation = nullptr;
    std::vector<std::string> labels;
    std::vector<std::pair<std::string, std::string>> query;  // STS and IAM: the form's fields
  };
  /// Errors: 404 UnknownOperationException (of forms 400 InvalidAction); 400 SerializationException for broken escapes
  /// and text that is not UTF-8.
  ApiValue<Match> match(Service service, const HttpRequest& request) const;

 private:
  struct Row {
    const Operation* operation;
    std::vector<std::string> segments;  // a label is ""
    std::string needs;                  // a parameter of the query that tells it from another; mostly none
    bool greedy = false;                // the last segment stands for all that follow
  };
  ApiValue<Match> match_path(Service service, const HttpRequest& request) const;
  ApiValue<Match> match_target(Service service, const HttpRequest& request) const;
  ApiValue<Match> match_form(Service service, const HttpRequest& request) const;
  const Operation* find(Service service, std::string_view name) const;

  std::span<const Operation> table_;
  std::vector<Row> rows_;  // more particular ones first
};

}  // namespace fescue::cloud
