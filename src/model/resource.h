// Resources: what of the host a group lets its functions in containers see. A volume is a file or directory that
// appears at a path of the container's; a device keeps its path. Both are declared once in the group and attached to
// functions by id (docs/compatibility/resources.md#local-resources).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fescue {

enum class Access { read_only, read_write };
std::string_view name_of(Access access);  // "ro", "rw"

enum class ResourceKind { volume, device };
/// V1's names, as its errors and its group.json have them: "Local.Volume", "Local.Device".
std::string_view name_of(ResourceKind kind);

/// V1's GroupOwnerSetting: the group that owns the source, or one by name, becomes a group of the function's process.
struct GroupOwner {
  bool automatic = false;  // wins over `name`
  std::string name;        // empty: no group
  friend bool operator==(const GroupOwner&, const GroupOwner&) = default;
};

struct Resource {
  std::string id;
  std::string name;
  ResourceKind kind = ResourceKind::volume;
  std::string source;       // a normal path of the host
  std::string destination;  // a normal path inside; of a device the same as `source`
  GroupOwner owner;
  friend bool operator==(const Resource&, const Resource&) = default;
};

struct AttachedResource {
  Resource resource;
  Access access = Access::read_only;
  friend bool operator==(const AttachedResource&, const AttachedResource&) = default;
};

inline constexpr std::size_t kMaxResourcesPerGroup = 50;
inline constexpr std::size_t kMaxResourcesPerFunction = 20;

/// Absolute, without ".", ".." and doubled or trailing slashes; the latter two are taken out. Error: invalid_argument.
Result<std::string> normal_path(std::string_view text);

/// V1's rules on where resources may come from and go to. Errors: invalid_argument, with the member's name first.
Result<void> check(const Resource& resource);
/// V1's rules on what a source can be attached as: /proc only read, /dev/shm only written to, too.
Result<void> check(const AttachedResource& attached);
/// As many as a function may have, each once, and no two at one place.
Result<void> check(const std::vector<AttachedResource>& attached);

}  // namespace fescue
