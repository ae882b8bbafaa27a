// A Lambda function: a mutable $LATEST, immutable numbered versions, and aliases.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace fescue::cloud {

/// $LATEST as a version number; the published ones begin with 1.
inline constexpr std::int64_t kLatest = 0;

struct LambdaConfiguration {
  std::string runtime, role, handler, description;
  std::int64_t timeout_seconds = 3;
  std::int64_t memory_mb = 128;                                   // of the cloud's Lambda; a core does not look at it
  std::optional<std::map<std::string, std::string>> environment;  // absent: never set
  std::string architecture = "x86_64";
  std::string echoed = "{}";  // a JSON object: members of the API that are kept and given back, without effect

  friend bool operator==(const LambdaConfiguration&, const LambdaConfiguration&) = default;
};

struct LambdaCode {
  ArtifactHash hash;
  std::uint64_t bytes = 0;  // of the zip
  friend bool operator==(const LambdaCode&, const LambdaCode&) = default;
};

struct LambdaVersion {
  std::string name;
  std::int64_t number = kLatest;
  LambdaConfiguration configuration;
  LambdaCode code;
  WallTime last_modified;
  std::string revision_id;
};

struct LambdaAlias {
  std::string function, name;
  std::int64_t version = kLatest;
  std::string description;
  std::string revision_id;
  std::map<std::string, double> weights;  // RoutingConfig.AdditionalVersionWeights
};

/// Where a listing goes on: after this name and number.
struct LambdaPosition {
  std::string name;
  std::int64_t number = -1;
};

}  // namespace fescue::cloud
