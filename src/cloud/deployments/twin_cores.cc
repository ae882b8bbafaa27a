// Telling a restart, after which a new process stays, from two that take turns.
#include "cloud/deployments/twin_cores.h"

#include <utility>

namespace fescue::cloud {

bool TwinCores::note(const ThingName& core, std::string_view instance) {
  Instances& seen = cores_[core];
  if (instance.empty() || instance == seen.current) return false;
  const bool came_back = instance == seen.former;
  seen.former = std::exchange(seen.current, std::string(instance));
  if (!came_back) {
    seen.told = false;
    return false;
  }
  return !std::exchange(seen.told, true);
}

}  // namespace fescue::cloud
