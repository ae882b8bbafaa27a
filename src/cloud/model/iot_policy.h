// IoT policies: up to five numbered versions of a document, one of them the default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/strong.h"

namespace fescue::cloud {

using PolicyName = Strong<struct PolicyNameTag>;

inline constexpr std::size_t kMaxPolicyVersions = 5;

struct Policy {
  PolicyName name;
  std::int64_t default_version = 1;
  std::string generation_id;
  WallTime created, modified;
  std::int64_t number = 0;  // grows with each new one
};

struct PolicyVersion {
  std::int64_t version = 1;
  std::string document;
  WallTime created;
};

}  // namespace fescue::cloud
