// What the library knows of its process. gg_global_init() makes the one State of it, which lives until the process
// ends; the C functions find it through state().
#pragma once

#include "connection_pool.h"
#include "environment.h"

namespace fescue {

struct State : OnHeap {
  Environment environment;
  ConnectionPool connections{environment};
};

/// Null before gg_global_init() has succeeded.
State* state();

}  // namespace fescue
