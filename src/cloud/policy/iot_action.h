// The actions that IoT policies are asked about, and what each is done to
// (docs/compatibility/policies.md#actions-and-resources). Pure.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

namespace fescue::cloud {

enum class IotAction {
  connect,
  publish,
  subscribe,
  receive,
  retain_publish,
  get_retained_message,
  list_retained_messages,
  get_thing_shadow,
  update_thing_shadow,
  delete_thing_shadow,
  list_named_shadows,
  discover,
};
inline constexpr std::size_t kIotActions = 12;
using IotActions = std::bitset<kIotActions>;

std::string_view name_of(IotAction action);  // "iot:Publish"

/// What stands in the resource's ARN before its name: "topic/". Empty where the resource is always `*`.
std::string_view resource_kind(IotAction action);

/// Those that a pattern of a statement names: "iot:*", "iot:Get*", "*". Case does not count.
IotActions actions_matching(std::string_view pattern);

}  // namespace fescue::cloud
