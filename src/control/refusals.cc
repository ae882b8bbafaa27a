#include "control/refusals.h"

#include "base/log.h"

namespace fescue::control {

std::string_view name_of(Door door) {
  switch (door) {
    case Door::api:
      return "api";
    case Door::iot_tls:
      return "iot-tls";
    case Door::cores:
      return "cores";
    case Door::downloads:
      return "downloads";
    case Door::reports:
      return "reports";
  }
  return "unknown";
}

void Refusals::note(Door door, std::string_view cause, std::string_view who, std::string_view why) {
  ++counts_[{door, cause}];
  if (const auto left_out = throttles_[{door, cause}].admit(steady_now())) {
    log::warn("Turned somebody away.",
              {{"door", name_of(door)}, {"cause", cause}, {"who", who}, {"reason", why}, {"notLogged", *left_out}});
  }
}

}  // namespace fescue::control
