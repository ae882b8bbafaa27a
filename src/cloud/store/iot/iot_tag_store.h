// Tags of AWS IoT's resources, by ARN. Whoever deletes a resource removes its tags.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kIotTagSchema;

class IotTagStore {
 public:
  explicit IotTagStore(Database& database) : database_(database) {}

  /// Empty when there are none.
  Result<std::map<std::string, std::string>> find(std::string_view arn) const;
  Result<void> put(std::string_view arn, const std::map<std::string, std::string>& tags);
  Result<void> remove(std::string_view arn) { return put(arn, {}); }

 private:
  Database& database_;
};

}  // namespace fescue::cloud
