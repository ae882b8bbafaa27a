#include "control/store/schema.h"

namespace fescue::control {

std::vector<std::string_view> migrations() {
  return {
      // One step per aggregate, in the order in which they came to be.
  };
}

}  // namespace fescue::control
