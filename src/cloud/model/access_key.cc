// Names of roles, and ids in AWS's alphabet.
#include "cloud/model/access_key.h"

#include "base/random.h"

namespace fescue::cloud {

std::string_view name_of(KeyRole role) {
  switch (role) {
    case KeyRole::read_only:
      return "read-only";
    case KeyRole::deployer:
      return "deployer";
    case KeyRole::admin:
      return "admin";
  }
  return "unknown";
}

std::optional<KeyRole> parse_key_role(std::string_view text) {
  for (const KeyRole role : {KeyRole::read_only, KeyRole::deployer, KeyRole::admin}) {
    if (text == name_of(role)) return role;
  }
  return std::nullopt;
}

AccessKey random_access_key() { return {random_aws_id("AKIA", 16), random_alphanumeric(40)}; }

std::string random_aws_id(std::string_view prefix, std::size_t count) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char byte : random_bytes(count)) id.push_back(alphabet[static_cast<unsigned char>(byte) % 32]);
  return id;
}

}  // namespace fescue::cloud
