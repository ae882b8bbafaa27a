// Idempotency tokens of Greengrass (X-Amzn-Client-Token; docs/compatibility/api-greengrass.md#client-tokens): the same
// token for the same operation with the same canonical body replays the stored answer; with another body it is refused.
// Kept in the database for a day, so that a retry after a restart still finds its answer.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cloud/api/framework/operation.h"
#include "cloud/store/answer_store.h"

namespace fescue::cloud {

class IdempotentAnswers {
 public:
  explicit IdempotentAnswers(Database& database) : store_(database) {}

  /// What a request asks for, as far as repeating it is concerned; absent when it carries no token.
  struct Key {
    std::string operation, token;
    std::string request_hash;  // of the labels and the canonical body
  };
  static ApiValue<std::optional<Key>> key_of(const ApiRequest& request);

  /// The stored answer; or nothing, and then the caller runs the operation and must call finish(). Errors: the token
  /// was used for another body, or its first request still runs.
  ApiValue<std::optional<HttpResponse>> begin(const Key& key, WallTime now);
  /// Stores a successful answer (absent: the operation failed, and the token is free again).
  Result<void> finish(const Key& key, const HttpResponse* answer, WallTime now);

 private:
  AnswerStore store_;
  std::set<std::pair<std::string, std::string>> running_;  // operation, token
};

}  // namespace fescue::cloud
