// A policy document is good if the broker can read it.
#include "cloud/api/iot/iot_policy_document.h"

#include "cloud/policy/policy_document.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::size_t kMaxBytes = 404'600;  // AWS's model

}  // namespace

ApiValue<std::string> read_policy_document(const Members& body) {
  FESCUE_TRY(document, body.required_string("policyDocument", {.min = 0, .max = kMaxBytes}));
  if (const auto read = parse_policy_document(document); !read) {
    return ApiError(400, "MalformedPolicyException", read.error().message());
  }
  return document;
}

}  // namespace fescue::cloud::iot
