// Pure: finds out that two processes speak for one core, as when a disk image with its certificate was copied. Each
// takes the connection over from the other, so that their hellos alternate; a core that was started anew never comes
// back as what it was before.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/arn.h"

namespace fescue::cloud {

class TwinCores {
 public:
  /// A hello of the core by the process `instance`. True when it tells that there are two; once for each pair.
  bool note(const ThingName& core, std::string_view instance);

 private:
  struct Instances {
    std::string current, former;
    bool told = false;
  };
  std::map<ThingName, Instances> cores_;  // of those that certificates speak for
};

}  // namespace fescue::cloud
