// Which logger of a group a component's files follow, what stands for a MemorySize that is missing or absurd, and the
// last part of a certificate's ARN.
#include "model/group.h"

namespace fescue {

std::uint64_t memory_limit_kb(const FunctionConfig& function) {
  const std::uint64_t wanted = function.memory_kb.value_or(0);
  return wanted < kLeastMemoryKb ? kDefaultMemoryKb : wanted;
}

std::string_view certificate_id(const Device& device) {
  return std::string_view(device.certificate_arn).substr(device.certificate_arn.rfind('/') + 1);
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
