// What a group has besides its versions: the key that signs its deployments, and a role.
#pragma once

#include <string>

#include "base/clock.h"

namespace fescue::cloud {

struct GroupSigner {
  std::string private_key_pem;  // EC P-256; in a database that only its owner can read
  std::string certificate_pem;  // common name "fescue group <id>", purpose code_signing
};

struct AssociatedRole {
  std::string arn;
  WallTime associated;
};

}  // namespace fescue::cloud
