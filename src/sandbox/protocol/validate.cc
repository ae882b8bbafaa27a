// What a request may hold, checked on both sides: bounds, paths without detours, strings without NUL.
#include "sandbox/protocol/layouts.h"

namespace fescue {

namespace {

using namespace wire;

/// Bytes of the list on the wire; an error if one of them holds NUL.
Result<std::size_t> text_size(std::string_view what, const std::vector<std::string>& strings) {
  std::size_t size = 0;
  for (const auto& text : strings) {
    if (has_nul(text)) return malformed(std::string(what) + " must not hold a NUL byte");
    size += text.size() + 1;
  }
  return size;
}

/// Absolute, and spelled in the one way that has no detours; `/` itself is nobody's resource, destination or mask.
Result<void> check_path(std::string_view what, const std::string& path) {
  if (has_nul(path)) return malformed(std::string(what) + " must not hold a NUL byte");
  const std::string framed = path + '/';
  const auto has = [&](std::string_view part) { return framed.find(part) != std::string::npos; };
  if (path.size() < 2 || path[0] != '/' || has("//") || has("/./") || has("/../")) {
    return malformed(std::string(what) + " must be an absolute path without detours, not \"" + path + "\"");
  }
  return ok();
}

Result<void> check_resource(const HostResource& resource) {
  FESCUE_CHECK(check_path("a resource's source", resource.source));
  FESCUE_CHECK(check_path("a resource's destination", resource.destination));
  if (resource.kind == HostResource::Kind::device && resource.source != resource.destination) {
    return malformed("a device is at the same path inside: " + resource.source);
  }
  return ok();
}

Result<void> validate(const ContainerSpec& container) {
  if (container.scratch_kb == 0 || container.scratch_kb > kMaxScratchKb) {
    return malformed("scratch space must be of 1 to " + std::to_string(kMaxScratchKb) + " KB");
  }
  if (container.resources.size() > kMaxResources) return Error(Code::too_large, "too many resources");
  if (container.masks.size() > kMaxMasks) return Error(Code::too_large, "too many masks");
  for (const auto& resource : container.resources) FESCUE_CHECK(check_resource(resource));
  for (const auto& mask : container.masks) FESCUE_CHECK(check_path("a mask", mask));
  return ok();
}

std::size_t text_size(const ContainerSpec& container) {
  std::size_t size = 0;
  for (const auto& resource : container.resources) size += resource.source.size() + resource.destination.size() + 2;
  for (const auto& mask : container.masks) size += mask.size() + 1;
  return size;
}
}  // namespace

Result<void> validate(const HostResource& resource) {
  FESCUE_CHECK(check_resource(resource));
  if (resource.source.size() + resource.destination.size() + 2 <= kMaxSpecText) return ok();
  return Error(Code::too_large, "the paths are too long");
}

Result<void> validate(const WorkerSpec& spec) {
  if (!spec.program.starts_with('/')) return malformed("program must be an absolute path: \"" + spec.program + "\"");
  if (has_nul(spec.program)) return malformed("program must not hold a NUL byte");
  if (spec.arguments.empty()) return malformed("arguments must begin with argv[0]");
  if (spec.groups.size() > kMaxGroups) return Error(Code::too_large, "too many groups");
  if (spec.arguments.size() > kMaxArguments) return Error(Code::too_large, "too many arguments");
  if (spec.environment.size() > kMaxEnvironment) return Error(Code::too_large, "too many environment variables");
  for (const auto& variable : spec.environment) {
    const auto equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos) return malformed("environment entry is not NAME=value");
  }
  if (spec.limits.cpu_weight > kMaxCpuWeight) return malformed("the CPU weight is above 10000");
  FESCUE_TRY(arguments, text_size("arguments", spec.arguments));
  FESCUE_TRY(environment, text_size("environment", spec.environment));
  if (spec.container) FESCUE_CHECK(validate(*spec.container));
  const std::size_t container = spec.container ? text_size(*spec.container) : 0;
  if (spec.program.size() + 1 + arguments + environment + container > kMaxSpecText) {
    return Error(Code::too_large, "program, arguments, environment and paths are longer than " +
                                      std::to_string(kMaxSpecText) + " bytes");
  }
  return ok();
}

}  // namespace fescue
