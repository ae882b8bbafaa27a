// An access key of the API: SigV4 needs the secret itself.
#pragma once

#include <string>

namespace fescue::cloud {

struct ApiAccessKey {
  std::string id;        // AKIA + 16 of [A-Z2-7]
  std::string secret;    // 40 characters
  std::string user_id;   // AIDA + 17 of [A-Z2-7]
  std::string user_arn;  // arn:aws:iam::ACCOUNT:user/local
};

}  // namespace fescue::cloud
