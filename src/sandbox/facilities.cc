// Names of facilities, for messages.
#include "sandbox/facilities.h"

namespace fescue {

std::string_view name_of(CgroupLayout layout) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "v1", "v2", "hybrid"};
  return kNames[static_cast<std::size_t>(layout)];
}

std::string_view name_of(CgroupUse use) {
  constexpr std::array<std::string_view, kCgroupUses> kNames = {"memory", "processes", "cpu", "devices", "kill"};
  return kNames[static_cast<std::size_t>(use)];
}

}  // namespace fescue
