// What a group says of the component GreengrassSystem; without it, the level is INFO and the space kSystemLogBytes.
#include "core/system_log_part.h"

#include <utility>

#include "base/log.h"
#include "core/layout.h"

namespace fescue {

namespace {

void set_system_log(const Group& group) {
  const LoggerConfig* found = file_logger(group, LogComponent::system);
  const bool is_set = found != nullptr;
  log::set_level(is_set ? found->level : log::Level::info);
  const auto limited = log::set_file_limit(is_set ? found->space_kb * 1024 : kSystemLogBytes);
  if (!limited) log::error("Cannot open the system log anew.", {{"errorString", limited.error().message()}});
}

}  // namespace

void SystemLogPart::prepare(StagedGroup staged, Done done) {
  prepared_ = std::move(staged.group);
  done(ok());
}

void SystemLogPart::commit() { set_system_log(*std::exchange(prepared_, nullptr)); }

void SystemLogPart::deactivate(std::function<void()> done) {
  prepared_.reset();
  set_system_log(Group());
  done();
}

}  // namespace fescue
