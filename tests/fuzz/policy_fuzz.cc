// Any text as a policy document: what can be read can be bound and asked, and the two ways of asking agree. The input:
// a client id, a newline, a resource, a newline, the document.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text/utf8.h"
#include "cloud/policy/bound_policies.h"

namespace {

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fescue::cloud;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view client_id = take_line(rest), resource = take_line(rest);
  if (!fescue::is_valid_utf8(resource)) return 0;
  auto document = parse_policy_document(rest);
  if (!document) {
    FESCUE_ASSERT(!document.error().message().empty());
    return 0;
  }
  PolicyContext context;
  context.add("iot:ClientId", client_id);
  context.add("aws:SourceIp", "192.0.2.7");
  const NamedPolicy policy{PolicyName("p"), std::make_shared<const PolicyDocument>(std::move(*document))};
  const BoundPolicies bound(std::span(&policy, 1), context);
  for (std::size_t i = 0; i < kIotActions; ++i) {
    const auto action = static_cast<IotAction>(i);
    const bool allowed = bound.allows(action, resource);
    FESCUE_ASSERT(allowed == (bound.decide(action, resource).verdict == PolicyVerdict::allowed));
    FESCUE_ASSERT(!bound.allows_all(action) || allowed);
    FESCUE_ASSERT(!bound.explain(action, resource).empty());
  }
  return 0;
}
