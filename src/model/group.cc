// Which logger of a group a component's files follow, and what stands for a MemorySize that is missing or absurd.
#include "model/group.h"

namespace fescue {

std::uint64_t memory_limit_kb(const FunctionConfig& function) {
  const std::uint64_t wanted = function.memory_kb.value_or(0);
  return wanted < kLeastMemoryKb ? kDefaultMemoryKb : wanted;
}

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
