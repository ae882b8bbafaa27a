// Which logger of a group a component's files follow.
#include "model/group.h"

namespace fescue {

const LoggerConfig* file_logger(const Group& group, LogComponent component) {
  const LoggerConfig* found = nullptr;
  for (const LoggerConfig& logger : group.loggers) {
    if (logger.component != component) continue;
    if (logger.destination == LogDestination::file_system) return &logger;
    if (found == nullptr) found = &logger;
  }
  return found;
}

}  // namespace fescue
