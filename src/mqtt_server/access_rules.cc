// Names of actions.
#include "mqtt_server/access_rules.h"

namespace fescue {

std::string_view name_of(Action action) {
  switch (action) {
    case Action::connect:
      return "connect";
    case Action::publish:
      return "publish";
    case Action::retain:
      return "retain";
    case Action::subscribe:
      return "subscribe";
    case Action::receive:
      return "receive";
  }
  return "unknown";
}

}  // namespace fescue
