// The table of actions.
#include "cloud/policy/iot_action.h"

#include <array>
#include <string>

#include "base/text/ascii.h"
#include "cloud/policy/glob.h"

namespace fescue::cloud {

namespace {

struct Row {
  std::string_view name, kind;
};

constexpr std::array<Row, kIotActions> kRows{{
    {"iot:Connect", "client/"},
    {"iot:Publish", "topic/"},
    {"iot:Subscribe", "topicfilter/"},
    {"iot:Receive", "topic/"},
    {"iot:RetainPublish", "topic/"},
    {"iot:GetRetainedMessage", "topic/"},
    {"iot:ListRetainedMessages", ""},
    {"iot:GetThingShadow", "thing/"},
    {"iot:UpdateThingShadow", "thing/"},
    {"iot:DeleteThingShadow", "thing/"},
    {"iot:ListNamedShadowsForThing", ""},
    {"greengrass:Discover", "thing/"},
}};

}  // namespace

std::string_view name_of(IotAction action) { return kRows[static_cast<std::size_t>(action)].name; }

std::string_view resource_kind(IotAction action) { return kRows[static_cast<std::size_t>(action)].kind; }

IotActions actions_matching(std::string_view pattern) {
  const Glob glob = Glob::with_wildcards(to_lower(pattern));
  IotActions matching;
  for (std::size_t i = 0; i < kRows.size(); ++i) matching[i] = glob.matches(to_lower(kRows[i].name));
  return matching;
}

}  // namespace fescue::cloud
