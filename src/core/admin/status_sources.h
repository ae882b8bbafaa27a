// StatusSources: the parts of a core that contribute to what the owner is told, in their order, and what they say put
// together.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "engine/ports/status_source.h"

namespace fescue {

class StatusSources {
 public:
  /// In the order in which they contribute. They outlive it.
  void add(std::initializer_list<std::reference_wrapper<const StatusSource>> sources) {
    sources_.insert(sources_.end(), sources);
  }

  /// Their members, and "warnings", the sentences of all.
  void add_status(boost::json::object& status) const;
  /// Their samples, and the number of warnings before them.
  void add_metrics(MetricsText& out) const;

 private:
  std::vector<std::string> warnings() const;

  std::vector<std::reference_wrapper<const StatusSource>> sources_;
};

}  // namespace fescue
