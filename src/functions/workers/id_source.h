// Ids for invocations that the core itself makes, one for each routed message: UUIDs whose randomness is fetched from
// the kernel in blocks, so that the hot path makes no system call for it. For one process; not for secrets.
#pragma once

#include <string>

#include "model/ids.h"

namespace fescue {

class IdSource {
 public:
  InvocationId next();

 private:
  std::string block_;
  std::size_t used_ = 0;
};

}  // namespace fescue
