// Any text as a deployment document (which is also group.json) and as the messages about deployments: what is accepted
// is within its bounds and comes back the same when it is written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "model/group_json.h"

namespace {

using namespace fescue;

void check_document(std::string_view text) {
  const auto document = parse_deployment_document(text);
  if (!document) {
    FESCUE_ASSERT(!document.error().message().empty());
    return;
  }
  const Group& group = document->group;
  FESCUE_ASSERT(group.functions.size() <= kMaxFunctionsPerGroup);
  FESCUE_ASSERT(group.subscriptions.size() <= kMaxSubscriptionsPerGroup);
  for (const FunctionConfig& function : group.functions) {
    FESCUE_ASSERT(function.arn.is_qualified() && function.timeout.count() > 0);
  }
  const auto again = parse_deployment_document(to_json(*document));
  FESCUE_ASSERT(again && again->deployment == document->deployment && again->type == document->type);
  FESCUE_ASSERT(again->group == group);
}

template <class Parsed>
void check_message(Parsed parse(std::string_view), std::string_view text) {
  const auto message = parse(text);
  if (!message) return FESCUE_ASSERT(!message.error().message().empty());
  const std::string written = to_json(*message);
  const auto again = parse(written);
  FESCUE_ASSERT(again && to_json(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_document(text);
  check_message(parse_notice, text);
  check_message(parse_report, text);
  check_message(parse_hello, text);
  return 0;
}
