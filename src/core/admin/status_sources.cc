// Asks each part in turn.
#include "core/admin/status_sources.h"

#include <boost/json.hpp>

namespace fescue {

void StatusSources::add_status(boost::json::object& status) const {
  for (const StatusSource& source : sources_) source.add_status(status);
  boost::json::array sentences;
  for (const std::string& warning : warnings()) sentences.push_back(boost::json::string(warning));
  status["warnings"] = std::move(sentences);
}

void StatusSources::add_metrics(MetricsText& out) const {
  out.gauge("fescue_warnings", "What `fescue status` warns of.", warnings().size());
  for (const StatusSource& source : sources_) source.add_metrics(out);
}

std::vector<std::string> StatusSources::warnings() const {
  std::vector<std::string> out;
  for (const StatusSource& source : sources_) {
    for (std::string& warning : source.warnings()) out.push_back(std::move(warning));
  }
  return out;
}

}  // namespace fescue
