// The shadow service: what is answered to a get, an update or a delete, what is kept afterwards, and what those hear
// who have subscribed to the shadow's topics (docs/compatibility/shadows.md#messages). Pure; whoever serves shadows
// (the control plane's API, a function by itself) reads the stored shadow, asks here, writes, answers and tells.
//
//   const auto outcome = serve_shadow({name, ShadowOperation::update, payload}, stored, now);
//   if (!outcome) return reply(rejected_json(outcome.error(), now));
//   if (outcome->next) keep(*outcome->next);
//   for (const ShadowNotice& notice : outcome->notices) publish(shadow_topic(name, notice.topic), notice.text);
//   reply(outcome->answer);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/shadow/shadow_document.h"
#include "model/arn.h"

namespace fescue {

/// Which shadow of a thing; an empty name is the classic one.
struct ShadowName {
  ThingName thing;
  std::string name;
};

/// $aws/things/THING/shadow/WHAT, or $aws/things/THING/shadow/name/NAME/WHAT. It may be longer than a topic may be.
std::string shadow_topic(const ShadowName& shadow, std::string_view what);

enum class ShadowOperation { get, update, remove };
/// Of "get", "update" or "delete". Error: invalid_argument.
Result<ShadowOperation> parse_shadow_operation(std::string_view text);

/// The topic by which a function asks for the classic shadow of a thing.
struct ShadowSubject {
  ThingName thing;
  std::string operation;  // not yet parsed
};
/// Error: invalid_argument.
Result<ShadowSubject> parse_shadow_subject(std::string_view topic);

struct ShadowRequest {
  ShadowName shadow;
  ShadowOperation operation = ShadowOperation::get;
  std::string_view payload;  // of an update
};

struct StoredShadow {
  ShadowDocument document;
  bool exists = false;  // false: never made, or deleted; then the version alone counts, the next update goes on from it
};

struct ShadowNotice {
  std::string_view topic;  // "update/delta", for shadow_topic()
  std::string text;
};

struct ShadowOutcome {
  std::string answer;                // JSON
  std::optional<StoredShadow> next;  // to be kept; absent: nothing changed
  std::vector<ShadowNotice> notices;
};

/// `now` in seconds since 1970. Errors, with AWS IoT's sentences: not_found, invalid_argument, conflict, too_large.
Result<ShadowOutcome> serve_shadow(const ShadowRequest& request, const StoredShadow& stored, std::int64_t now);

/// The answer to a request that failed: {"code":404,"message":"...","timestamp":1}.
std::string rejected_json(const Error& error, std::int64_t now);

}  // namespace fescue
