// One request on a kept shadow: read, decided (engine/shadow/shadow_service.h), written. Blocks on the database.
#pragma once

#include <cstdint>

#include "engine/shadow/shadow_service.h"
#include "shadow/shadow_store.h"

namespace fescue {

/// `now` in seconds since 1970. Errors: those of serve_shadow(), and io.
Result<ShadowOutcome> serve_kept_shadow(ShadowStore& store, const ShadowRequest& request, std::int64_t now);

}  // namespace fescue
