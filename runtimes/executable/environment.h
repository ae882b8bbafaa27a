// What the core tells a worker in its environment (docs/compatibility/runtimes.md#environment), copied once at the
// start: programs change their environment, and getenv() is not for threads.
#pragma once

#include <cstdint>

#include "bytes.h"
#include "greengrasssdk.h"

namespace fescue {

struct Environment {
  Buffer function_arn;
  Buffer token;   // the whole value of Authorization
  Buffer socket;  // path of the worker's own Unix socket; empty: TCP
  std::uint16_t port = 8000;
  Buffer router_arn, shadow_arn, secrets_arn;
};

/// Errors, which are logged: GGE_INVALID_STATE when this is no worker of a core, or one with another encoding than
/// binary; GGE_OUT_OF_MEMORY.
gg_error read_environment(Environment& out);

}  // namespace fescue
