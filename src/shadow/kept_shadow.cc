// Reading before, and writing after, the decision.
#include "shadow/kept_shadow.h"

namespace fescue {

Result<ShadowOutcome> serve_kept_shadow(ShadowStore& store, const ShadowRequest& request, std::int64_t now) {
  const auto& [thing, name] = request.shadow;
  FESCUE_TRY(stored, store.find(thing, name));
  FESCUE_TRY(outcome, serve_shadow(request, stored, now));
  if (!outcome.next) return outcome;
  if (outcome.next->exists) {
    FESCUE_CHECK(store.put(thing, name, outcome.next->document));
  } else {
    FESCUE_CHECK(store.remove(thing, name));
  }
  return outcome;
}

}  // namespace fescue
