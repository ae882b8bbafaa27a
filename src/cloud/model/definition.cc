// Names of families.
#include "cloud/model/definition.h"

namespace fescue::cloud {

std::string_view name_of(Family family) {
  switch (family) {
    case Family::cores:
      return "cores";
    case Family::devices:
      return "devices";
    case Family::functions:
      return "functions";
    case Family::subscriptions:
      return "subscriptions";
    case Family::resources:
      return "resources";
    case Family::loggers:
      return "loggers";
    case Family::connectors:
      return "connectors";
    case Family::groups:
      return "groups";
  }
  return "";
}

}  // namespace fescue::cloud
