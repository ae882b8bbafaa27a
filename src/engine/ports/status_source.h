// Port: a part of a core that contributes to what the owner is told: GET /v1/status (`fescue status`), GET /v1/metrics,
// and the warnings in both. Members of the JSON and names of metrics are only ever added; people's scripts, dashboards
// and alarms use them.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/metrics_text.h"

namespace fescue {

class StatusSource {
 public:
  virtual ~StatusSource() = default;

  /// Adds its members to the status, or to a member that a source before it has made.
  virtual void add_status(boost::json::object& status) const = 0;

  /// Names begin with "fescue_". Samples of one name that several sources give must follow each other.
  virtual void add_metrics(MetricsText& out) const = 0;

  /// What the owner should know now, as sentences.
  virtual std::vector<std::string> warnings() const { return {}; }
};

}  // namespace fescue
