// An access key of the API, or the temporary key of a session that STS began with one: SigV4 needs the secret itself.
// What a key may do follows from its role (docs/security.md#keys-of-the-api).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/aws_credentials.h"

namespace fescue::cloud {

/// Each may do what those before it may.
enum class KeyRole { read_only, deployer, admin };
std::string_view name_of(KeyRole role);  // "read-only"
std::optional<KeyRole> parse_key_role(std::string_view text);

struct ApiAccessKey {
  std::string id;        // AKIA, or ASIA for a session, + 16 of [A-Z2-7]
  std::string secret;    // 40 characters
  std::string user_id;   // AIDA + 17 of [A-Z2-7]
  std::string user_arn;  // arn:aws:iam::ACCOUNT:user/NAME
  std::string name;      // kOwnerKeyName: the key of DIR/run/credentials
  KeyRole role = KeyRole::admin;
  WallTime created{};
  std::string session_token;             // of sessions alone, which each request must carry
  std::optional<WallTime> expires = {};  // of sessions alone
};

inline constexpr std::string_view kOwnerKeyName = "local";

/// A new id and its secret.
AccessKey random_access_key();

/// As AWS makes ids: the prefix and 17 letters and digits of base 32 ("AROA..."); of keys 16.
std::string random_aws_id(std::string_view prefix, std::size_t count = 17);

}  // namespace fescue::cloud
