// An AWS shared-credentials file with one profile, `default`: what DIR/run/credentials is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue {

struct AccessKey {
  std::string id;
  std::string secret;
};

/// Error: invalid_argument when id or secret hold what would end a line of the file, or begin something else in it:
/// root's tools obey what stands there (credential_process).
Result<std::string> to_credentials_file(const AccessKey& key);
Result<AccessKey> parse_credentials_file(std::string_view text);

}  // namespace fescue
