// What UpdateThingRuntimeConfiguration sets for a core: whether it is to send telemetry. Kept for the tools that ask;
// the core itself has no telemetry yet.
#pragma once

#include <optional>

#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kRuntimeConfigurationSchema;

enum class Telemetry { off, on };

class RuntimeConfigurationStore {
 public:
  explicit RuntimeConfigurationStore(Database& database) : database_(database) {}

  Result<void> put(const ThingName& thing, Telemetry telemetry);
  /// Nothing while nobody has set it. Goes with the thing.
  Result<std::optional<Telemetry>> find(const ThingName& thing) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
