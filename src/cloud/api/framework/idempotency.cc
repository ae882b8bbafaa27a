// The canonical hash of a request, and the states of a token: free, running, answered.
#include "cloud/api/framework/idempotency.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxTokenBytes = 64;
constexpr std::chrono::hours kKept{24};

ApiError refused(std::string message) { return Error(Code::invalid_argument, std::move(message)); }

/// The value with its members in order, so that two spellings of one document hash alike.
json::value sorted(const json::value& value) {
  if (const auto* array = value.if_array()) {
    json::array out;
    for (const json::value& item : *array) out.push_back(sorted(item));
    return out;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  std::vector<std::string_view> names;
  for (const auto& member : *object) names.push_back(member.key());
  std::sort(names.begin(), names.end());
  json::object out;
  for (const std::string_view name : names) out.emplace(name, sorted(object->at(name)));
  return out;
}

}  // namespace

ApiValue<std::optional<IdempotentAnswers::Key>> IdempotentAnswers::key_of(const ApiRequest& request) {
  const auto token = request.http.headers.find("x-amzn-client-token");
  if (!token || request.operation->service != Service::greengrass) return std::optional<Key>();
  const bool printable = std::all_of(token->begin(), token->end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (token->empty() || token->size() > kMaxTokenBytes || !printable) {
    return refused("X-Amzn-Client-Token must have 1 to 64 printable ASCII characters.");
  }
  json::array labels(request.labels.begin(), request.labels.end());
  const std::string canonical = json::serialize(labels) + json::serialize(sorted(request.body));
  return std::optional<Key>(Key{std::string(request.operation->name), std::string(*token), sha256_hex(canonical)});
}

ApiValue<std::optional<HttpResponse>> IdempotentAnswers::begin(const Key& key, WallTime now) {
  FESCUE_TRY(stored, store_.find(key.operation, key.token, now - kKept));
  if (stored && stored->request_hash != key.request_hash) {
    return refused("The client token '" + key.token + "' was used before for a different " + key.operation +
                   " request.");
  }
  if (stored) {
    return std::optional(make_response(stored->status, media_type::kJson, std::move(stored->body)));
  }
  if (!running_.emplace(key.operation, key.token).second) {
    return refused("The first request with the client token '" + key.token + "' has not been answered yet.");
  }
  return std::optional<HttpResponse>();
}

Result<void> IdempotentAnswers::finish(const Key& key, const HttpResponse* answer, WallTime now) {
  running_.erase({key.operation, key.token});
  if (answer == nullptr) return ok();
  FESCUE_CHECK(store_.forget_before(now - kKept));
  return store_.keep(key.operation, key.token, {key.request_hash, answer->status, answer->body}, now);
}

}  // namespace fescue::cloud
