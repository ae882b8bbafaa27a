// Answers kept for idempotency tokens (cloud/api/framework/idempotency.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kAnswerSchema;

struct StoredAnswer {
  std::string request_hash;
  unsigned status = 200;
  std::string body;
};

class AnswerStore {
 public:
  explicit AnswerStore(Database& database) : database_(database) {}

  /// What was kept for (operation, token) after `since`.
  Result<std::optional<StoredAnswer>> find(std::string_view operation, std::string_view token, WallTime since) const;
  /// Replaces an older one.
  Result<void> keep(std::string_view operation, std::string_view token, const StoredAnswer& answer, WallTime now);
  Result<void> forget_before(WallTime time);

 private:
  Database& database_;
};

}  // namespace fescue::cloud
