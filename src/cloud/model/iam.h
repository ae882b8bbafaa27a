// Roles and policies of IAM, as scripts make them (docs/compatibility/api-iam.md#iam). They are kept and given back and
// decide nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/clock.h"

namespace fescue::cloud {

struct IamRole {
  std::string name = {};
  std::string path = "/";
  std::string id = {};  // AROA...
  std::string description = {};
  std::string trust_policy = {};  // AssumeRolePolicyDocument
  std::int64_t max_session_seconds = 3600;
  WallTime created{};
  std::map<std::string, std::string> tags = {};
  std::map<std::string, std::string> inline_policies = {};  // name, document
  std::map<std::string, std::string> attached = {};         // ARN, name
};

struct IamPolicy {
  std::string arn = {};
  std::string name = {};
  std::string path = "/";
  std::string id = {};  // ANPA...
  std::string description = {};
  std::string document = {};
  WallTime created{};
  std::map<std::string, std::string> tags = {};
};

}  // namespace fescue::cloud
