// Merging, difference and metadata of shadow sections, and the messages made of them
// (docs/compatibility/shadows.md#messages).
#include "engine/shadow/shadow_document.h"

#include <algorithm>

#include "model/json_reader.h"

namespace fescue {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxClientToken = 64;
constexpr std::int64_t kMaxVersion = std::int64_t{1} << 53;

Error bad(std::string_view why) { return Error(Code::invalid_argument, std::string(why)); }

std::size_t depth_of(const json::value& value) {
  std::size_t deepest = 0;
  if (value.is_object()) {
    for (const auto& [key, member] : value.get_object()) deepest = std::max(deepest, depth_of(member));
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) deepest = std::max(deepest, depth_of(item));
  } else {
    return 0;
  }
  return deepest + 1;
}

/// {"timestamp": now} wherever a value stands.
json::value stamped(const json::value& value, std::int64_t now) {
  if (value.is_object()) {
    json::object out;
    for (const auto& [key, member] : value.get_object()) out[key] = stamped(member, now);
    return out;
  }
  if (value.is_array()) {
    json::array out;
    for (const json::value& item : value.get_array()) out.push_back(stamped(item, now));
    return out;
  }
  return json::object{{"timestamp", now}};
}

json::object& object_at(json::object& parent, std::string_view key) {
  json::value& place = parent[key];
  if (!place.is_object()) place = json::object();
  return place.get_object();
}

void merge(json::object& into, json::object& metadata, const json::object& from, std::int64_t now) {
  for (const auto& [key, value] : from) {
    if (value.is_null()) {
      into.erase(key);
      metadata.erase(key);
      continue;
    }
    if (!value.is_object()) {
      into[key] = value;
      metadata[key] = stamped(value, now);
      continue;
    }
    const bool was_object = into.contains(key) && into.at(key).is_object();
    if (!was_object) metadata.erase(key);
    json::object& child = object_at(into, key);
    merge(child, object_at(metadata, key), value.get_object(), now);
    if (!child.empty()) continue;
    into.erase(key);  // AWS keeps no empty objects
    metadata.erase(key);
  }
}

void merge_section(const json::object& state, std::string_view name, json::object& into, json::object& metadata,
                   std::int64_t now) {
  const json::value* section = state.if_contains(name);
  if (section == nullptr) return;
  if (section->is_null()) {
    into.clear();
    metadata.clear();
  } else {
    merge(into, metadata, section->get_object(), now);
  }
}

json::object difference(const json::object& desired, const json::object& reported) {
  json::object out;
  for (const auto& [key, wanted] : desired) {
    const json::value* actual = reported.if_contains(key);
    if (actual == nullptr) {
      out[key] = wanted;
    } else if (wanted.is_object() && actual->is_object()) {
      json::object part = difference(wanted.get_object(), actual->get_object());
      if (!part.empty()) out[key] = std::move(part);
    } else if (wanted != *actual) {
      out[key] = wanted;
    }
  }
  return out;
}

/// The part of `metadata` that belongs to what `shape` names.
json::object part_of(const json::object& metadata, const json::object& shape) {
  json::object out;
  for (const auto& [key, value] : shape) {
    const json::value* found = metadata.if_contains(key);
    if (found == nullptr) continue;
    out[key] = value.is_object() && found->is_object() ? part_of(found->get_object(), value.get_object()) : *found;
  }
  return out;
}

json::object sections(const json::object& desired, const json::object& reported) {
  json::object out;
  if (!desired.empty()) out["desired"] = desired;
  if (!reported.empty()) out["reported"] = reported;
  return out;
}

json::object state_of(const ShadowDocument& document) { return sections(document.desired, document.reported); }

json::object snapshot(const ShadowDocument& document) {
  return {{"state", state_of(document)},
          {"metadata", sections(document.desired_metadata, document.reported_metadata)},
          {"version", document.version}};
}

std::string with_token(json::object message, const ShadowUpdate& update) {
  if (update.client_token) message["clientToken"] = *update.client_token;
  return json::serialize(message);
}

const json::object& section_of(const json::object& state, std::string_view name) {
  static const json::object none;
  const json::value* section = state.if_contains(name);
  return section != nullptr && section->is_object() ? section->get_object() : none;
}

}  // namespace

Result<ShadowUpdate> parse_shadow_update(std::string_view text) {
  if (text.size() > 4 * kMaxShadowBytes) return Error(Code::too_large, "The payload exceeds the maximum size allowed");
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return bad("Invalid JSON");
  const json::object& request = parsed->get_object();
  ShadowUpdate update;
  const json::value* state = request.if_contains("state");
  if (state == nullptr) return bad("Missing required node: state");
  if (!state->is_object()) return bad("State node must be an object");
  for (const auto& [name, section] : state->get_object()) {
    if (name != "desired" && name != "reported")
      return bad("State contains an invalid node: '" + std::string(name) + "'");
    if (section.is_object() || section.is_null()) continue;
    return bad(name == "desired" ? "Desired node must be an object" : "Reported node must be an object");
  }
  update.state = state->get_object();
  if (const json::value* version = request.if_contains("version"); version != nullptr && !version->is_null()) {
    if (!version->is_int64() || version->get_int64() < 0 || version->get_int64() > kMaxVersion) {
      return bad("Invalid version");
    }
    update.version = version->get_int64();
  }
  if (const json::value* token = request.if_contains("clientToken"); token != nullptr && !token->is_null()) {
    if (!token->is_string() || token->get_string().size() > kMaxClientToken) return bad("Invalid clientToken");
    update.client_token = std::string(token->get_string());
  }
  return update;
}

Result<ShadowDocument> updated_shadow(ShadowDocument document, const ShadowUpdate& update, std::int64_t now) {
  if (update.version && *update.version != document.version) return Error(Code::conflict, "Version conflict");
  for (const std::string_view name : {"desired", "reported"}) {
    if (depth_of(section_of(update.state, name)) > kMaxShadowDepth) {
      return bad("JSON contains too many levels of nesting; maximum is 8");
    }
  }
  merge_section(update.state, "desired", document.desired, document.desired_metadata, now);
  merge_section(update.state, "reported", document.reported, document.reported_metadata, now);
  if (json::serialize(state_of(document)).size() > kMaxShadowBytes) {
    return Error(Code::too_large, "The payload exceeds the maximum size allowed");
  }
  ++document.version;
  document.timestamp = now;
  return document;
}

json::object shadow_delta(const ShadowDocument& document) { return difference(document.desired, document.reported); }

std::string get_json(const ShadowDocument& document, std::int64_t now) {
  json::object message = snapshot(document);
  if (json::object delta = shadow_delta(document); !delta.empty()) {
    message["state"].get_object()["delta"] = std::move(delta);
  }
  message["timestamp"] = now;
  return json::serialize(message);
}

std::string accepted_json(const ShadowUpdate& update, const ShadowDocument& document) {
  const json::object metadata = sections(part_of(document.desired_metadata, section_of(update.state, "desired")),
                                         part_of(document.reported_metadata, section_of(update.state, "reported")));
  return with_token({{"state", update.state},
                     {"metadata", metadata},
                     {"version", document.version},
                     {"timestamp", document.timestamp}},
                    update);
}

std::string delta_json(const ShadowUpdate& update, const ShadowDocument& document) {
  const json::object delta = shadow_delta(document);
  return with_token({{"version", document.version},
                     {"timestamp", document.timestamp},
                     {"state", delta},
                     {"metadata", part_of(document.desired_metadata, delta)}},
                    update);
}

std::string documents_json(const ShadowUpdate& update, const ShadowDocument& previous, const ShadowDocument& current) {
  return with_token(
      {{"previous", snapshot(previous)}, {"current", snapshot(current)}, {"timestamp", current.timestamp}}, update);
}

}  // namespace fescue
