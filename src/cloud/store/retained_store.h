// The retained messages of the broker, kept over restarts.
#pragma once

#include "mqtt_server/retained.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kRetainedSchema;
extern const std::string_view kRetainedPublisherSchema;

class RetainedStore {
 public:
  explicit RetainedStore(Database& database) : database_(database) {}

  Result<RetainedMessages::ByTopic> load() const;
  /// All of them or none.
  Result<void> apply(const RetainedChanges& changes);

 private:
  Result<void> put(std::string_view topic, const RetainedMessage& message);
  Result<void> remove(std::string_view topic);

  Database& database_;
};

}  // namespace fescue::cloud
