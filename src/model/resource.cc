// V1's rules on sources and destinations of resources, on normal paths alone: nothing is looked up on the host.
#include "model/resource.h"

#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxPath = 4095;  // PATH_MAX without its NUL
constexpr std::size_t kMaxName = 255;   // NAME_MAX: what a file system takes
constexpr std::string_view kSharedMemory = "/dev/shm";
constexpr std::string_view kProc = "/proc";

/// What a container has of its own; nothing can be put over it.
constexpr std::array<std::string_view, 6> kTakenPlaces = {"/proc",   "/sys",     "/dev",
                                                          "/lambda", "/runtime", "/greengrass_ipc.sock"};

Error refused(std::string text) { return Error(Code::invalid_argument, std::move(text)); }

Result<void> check_volume_source(const std::string& source) {
  if (is_within(source, kSharedMemory)) return ok();
  for (const std::string_view forbidden : {"/sys", "/dev", "/var"}) {
    if (!is_within(source, forbidden)) continue;
    return refused(fmt::format("SourcePath {} lies in {}, which a volume cannot come from{}", source, forbidden,
                               forbidden == "/var" ? ": mount it elsewhere and name that place" : ""));
  }
  if (source == "/") return refused("SourcePath / is the whole host: name the directories that the function needs");
  return ok();
}

Result<void> check_destination(const std::string& destination) {
  if (is_within(destination, kSharedMemory)) return ok();
  if (destination == "/") return refused("DestinationPath / would hide everything else");
  for (const std::string_view taken : kTakenPlaces) {
    if (is_within(destination, taken)) {
      return refused(fmt::format("DestinationPath {} lies in the container's own {}", destination, taken));
    }
  }
  return ok();
}

}  // namespace

std::string_view name_of(Access access) { return access == Access::read_write ? "rw" : "ro"; }

std::string_view name_of(ResourceKind kind) { return kind == ResourceKind::volume ? "Local.Volume" : "Local.Device"; }

Result<std::string> normal_path(std::string_view text) {
  const auto bad = [&](std::string_view why) { return refused(fmt::format("\"{}\" {}", text.substr(0, 200), why)); };
  if (!text.starts_with('/')) return bad("is not an absolute path");
  if (text.size() > kMaxPath) return bad(fmt::format("... has {} bytes; a path has at most {}", text.size(), kMaxPath));
  if (text.find('\0') != std::string_view::npos) return bad("has a NUL character");
  std::string out;
  for (std::size_t at = 1; at <= text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (part.size() > kMaxName) {
      return bad(fmt::format("... has a name of {} bytes in it; names have at most {}", part.size(), kMaxName));
    }
    if (part == "." || part == "..") return bad("has \".\" or \"..\" in it");
    if (!part.empty()) out.append("/").append(part);
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

Result<void> check(const Resource& resource) {
  if (resource.kind == ResourceKind::volume) {
    FESCUE_CHECK(check_volume_source(resource.source));
    return check_destination(resource.destination);
  }
  const bool is_below_dev = is_within(resource.source, "/dev") && resource.source != "/dev";
  if (!is_below_dev || is_within(resource.source, kSharedMemory)) {
    return refused(fmt::format("SourcePath {} is not a device below /dev", resource.source));
  }
  return ok();
}

Result<void> check(const AttachedResource& attached) {
  const Resource& resource = attached.resource;
  if (resource.kind != ResourceKind::volume) return ok();
  if (is_within(resource.source, kProc) && attached.access != Access::read_only) {
    return refused(fmt::format("Permission of {} ({}) can only be ro", resource.id, resource.source));
  }
  if (is_within(resource.source, kSharedMemory) && attached.access != Access::read_write) {
    return refused(fmt::format("Permission of {} ({}) can only be rw", resource.id, resource.source));
  }
  return ok();
}

Result<void> check(const std::vector<AttachedResource>& attached) {
  if (attached.size() > kMaxResourcesPerFunction) {
    return refused(fmt::format("a function has at most {} resources", kMaxResourcesPerFunction));
  }
  std::set<std::string_view> ids, places;
  for (const AttachedResource& entry : attached) {
    FESCUE_CHECK(check(entry));
    if (!ids.insert(entry.resource.id).second) {
      return refused(fmt::format("the resource {} is attached twice", entry.resource.id));
    }
    if (!places.insert(entry.resource.destination).second) {
      return refused(fmt::format("two resources have the place {}", entry.resource.destination));
    }
  }
  return ok();
}

}  // namespace fescue
