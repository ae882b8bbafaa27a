// The shadow of a thing as AWS IoT keeps it: what is desired, what is reported, when each value was last set, and a
// version that grows by one with every accepted update (docs/compatibility/shadows.md#documents). Pure; the service of
// the core and the API of the control plane are both made of it.
//
//   FESCUE_TRY(update, parse_shadow_update(payload));
//   FESCUE_TRY(next, updated_shadow(document, update, now));
//   reply(accepted_json(update, next)); if (!shadow_delta(next).empty()) tell(delta_json(update, next));
//
// Objects are merged key by key, null deletes a key or a whole section, arrays and everything else are replaced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"

namespace fescue {

inline constexpr std::size_t kMaxShadowBytes = 8 * 1024;  // of the state; metadata is not counted
inline constexpr std::size_t kMaxShadowDepth = 8;

/// An empty section counts as absent. Metadata has the shape of its section, with {"timestamp": s} for each value.
struct ShadowDocument {
  boost::json::object desired, reported;
  boost::json::object desired_metadata, reported_metadata;
  std::int64_t version = 0;    // 0: there never was one
  std::int64_t timestamp = 0;  // of the last update, seconds since 1970
};

/// A section: absent, null (drop it), or an object to merge.
struct ShadowUpdate {
  boost::json::object state;  // as it was sent
  std::optional<std::int64_t> version;
  std::optional<std::string> client_token;
};

/// Errors (AWS IoT's sentences): invalid_argument; too_large.
Result<ShadowUpdate> parse_shadow_update(std::string_view json);

/// Errors: conflict when the update names another version; too_large; invalid_argument when it is nested too deeply.
Result<ShadowDocument> updated_shadow(ShadowDocument document, const ShadowUpdate& update, std::int64_t now);

/// What is desired and not reported so.
boost::json::object shadow_delta(const ShadowDocument& document);

// The answers, each one JSON text.
std::string get_json(const ShadowDocument& document, std::int64_t now);
std::string accepted_json(const ShadowUpdate& update, const ShadowDocument& document);
std::string delta_json(const ShadowUpdate& update, const ShadowDocument& document);
std::string documents_json(const ShadowUpdate& update, const ShadowDocument& previous, const ShadowDocument& current);

}  // namespace fescue
