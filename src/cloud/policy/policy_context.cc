// Values by folded keys.
#include "cloud/policy/policy_context.h"

#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace fescue::cloud {

std::string fold_key(std::string_view key) {
  std::string folded(key);
  for (char& c : folded) {
    if (c == '[') break;
    c = to_lower(c);
  }
  return folded;
}

void PolicyContext::add(std::string_view key, std::string_view value) {
  if (is_valid_utf8(value)) values_[fold_key(key)].emplace_back(value);
}

const std::vector<std::string>* PolicyContext::find(std::string_view key) const {
  const auto found = values_.find(fold_key(key));
  return found == values_.end() ? nullptr : &found->second;
}

}  // namespace fescue::cloud
