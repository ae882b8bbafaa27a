// What stands where in a function's container: paths, mounts, groups and limits, and why one cannot be had.
#include "functions/launch/container_layout.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/paths.h"
#include "functions/launch/real_place.h"

namespace fescue {

namespace {

constexpr std::uint32_t kCpuWeight = 100;  // as everybody's

SourceFacts look_at(const std::string& path) {
  SourceFacts facts;
  facts.real_path = path;
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
  struct stat status;
  if (!real || ::stat(real.get(), &status) != 0) {
    facts.kind = errno == EACCES ? SourceFacts::Kind::unknown : SourceFacts::Kind::absent;
    return facts;
  }
  facts.real_path = real.get();
  facts.kind = kind_of_source(status.st_mode);
  facts.owner = status.st_uid;
  facts.group = status.st_gid;
  facts.mode = status.st_mode & 07777;
  return facts;
}

class Layout {
 public:
  Layout(const FunctionConfig& function, const UserIds& user, const HostView& host)
      : function_(function), user_(user), host_(host) {}

  Result<ContainerLayout> make() {
    out_.sysfs = function_.access_sysfs;
    for (const AttachedResource& attached : function_.resources) {
      if (const auto added = add(attached); !added) {
        return added.error().in(fmt::format("resource {}", attached.resource.id));
      }
    }
    for (const LaidOutResource& resource : out_.resources) FESCUE_CHECK(check_permission(resource));
    std::ranges::stable_sort(out_.resources, {}, [](const auto& each) { return each.place.size(); });
    return std::move(out_);
  }

 private:
  Result<void> add(const AttachedResource& attached) {
    const Resource& wanted = attached.resource;
    LaidOutResource out;
    out.id = wanted.id;
    const bool is_device = wanted.kind == ResourceKind::device;
    out.kind = is_device ? HostResource::Kind::device : HostResource::Kind::volume;
    out.access =
        attached.access == Access::read_write ? HostResource::Access::read_write : HostResource::Access::read_only;
    out.facts = host_.source(wanted.source);
    out.source = out.facts.real_path;
    out.destination = wanted.destination;
    out.place = is_device ? wanted.destination : host_.place(wanted.destination);
    FESCUE_CHECK(check_source(wanted, out));
    FESCUE_CHECK(check_place(wanted, out.place));
    FESCUE_CHECK(add_owner(wanted, out.facts));
    out_.resources.push_back(std::move(out));
    return ok();
  }

  static Result<void> check_source(const Resource& wanted, const LaidOutResource& found) {
    using Kind = SourceFacts::Kind;
    const Kind kind = found.facts.kind;
    if (kind == Kind::absent) {
      return Error(Code::not_found, fmt::format("group config is invalid: file doesn't exist: {} (create it on this "
                                                "device, or correct the SourcePath)",
                                                wanted.source));
    }
    if (kind == Kind::refused) {
      return Error(Code::permission_denied, fmt::format("group config is invalid: {}", found.facts.why));
    }
    if (kind == Kind::unknown) return ok();
    if (wanted.kind == ResourceKind::device) {
      if (kind != Kind::device && kind != Kind::directory) {
        return Error(Code::invalid_argument, wanted.source + " is not a device, nor a directory of devices");
      }
    } else if (kind != Kind::file && kind != Kind::directory) {
      return Error(Code::invalid_argument, wanted.source + " is neither a file nor a directory");
    }
    if (found.source == wanted.source) return ok();
    if (wanted.kind == ResourceKind::device) {
      return Error(Code::invalid_argument,
                   fmt::format("{} is a symbolic link; name the device itself, {}", wanted.source, found.source));
    }
    Resource real = wanted;
    real.source = found.source;
    const auto sound = check(real);
    return sound ? ok() : Result<void>(sound.error().in(fmt::format("{} is really {}", wanted.source, real.source)));
  }

  /// The rules on destinations hold for where links lead, too.
  Result<void> check_place(const Resource& wanted, const std::string& place) const {
    const auto same = std::ranges::find(out_.resources, place, &LaidOutResource::place);
    if (same != out_.resources.end()) {
      return Error(Code::invalid_argument, fmt::format("group config is invalid: DestinationPath {} is the same place "
                                                       "as {}, where the resource {} is",
                                                       wanted.destination, same->destination, same->id));
    }
    if (place == wanted.destination) return ok();
    Resource real = wanted;
    real.destination = place;
    const auto sound = check(real);
    return sound ? ok()
                 : Result<void>(sound.error().in(
                       fmt::format("group config is invalid: {} is really {}", wanted.destination, place)));
  }

  Result<void> add_owner(const Resource& wanted, const SourceFacts& facts) {
    if (facts.kind == SourceFacts::Kind::unknown && wanted.owner.automatic) {
      return Error(Code::permission_denied,
                   fmt::format("the core may not look at {}, so it does not know its group; name it as GroupOwner",
                               wanted.source));
    }
    if (wanted.owner.automatic) return grant(wanted, facts.group);
    if (wanted.owner.name.empty()) return ok();
    const auto gid = host_.group(wanted.owner.name);
    if (!gid) {
      return Error(Code::not_found, fmt::format("GroupOwner: this device has no group \"{}\"", wanted.owner.name));
    }
    if (facts.kind != SourceFacts::Kind::unknown && facts.group != *gid) {
      return Error(Code::invalid_argument,
                   fmt::format("GroupOwner: {} belongs to the group {}, not to {}: name that one, or chgrp it",
                               wanted.source, host_.group_name(facts.group), wanted.owner.name));
    }
    return grant(wanted, *gid);
  }

  Result<void> grant(const Resource& wanted, gid_t gid) {
    if (gid == user_.gid || std::ranges::find(out_.groups, gid) != out_.groups.end()) return ok();
    if (host_.may_grant(gid)) {
      out_.groups.push_back(gid);
    } else {
      out_.notes.push_back(
          fmt::format("resource {}: the group {} of {} opens more than this resource, so no function "
                      "gets it",
                      wanted.id, host_.group_name(gid), wanted.source));
    }
    return ok();
  }

  bool has_group(gid_t gid) const {
    return gid == user_.gid || std::ranges::find(out_.groups, gid) != out_.groups.end();
  }

  /// V1 held the mode of the source itself against user and groups; what is inside is the owner's affair.
  Result<void> check_permission(const LaidOutResource& resource) const {
    const SourceFacts& facts = resource.facts;
    if (user_.uid == 0 || facts.kind == SourceFacts::Kind::unknown) return ok();
    const mode_t bits = facts.owner == user_.uid ? facts.mode >> 6
                        : has_group(facts.group) ? facts.mode >> 3
                                                 : facts.mode;
    const bool writes = resource.access == HostResource::Access::read_write;
    const mode_t wanted = writes ? 06 : 04;
    if ((bits & wanted) == wanted) return ok();
    std::vector<std::string> groups{host_.group_name(user_.gid)};
    for (const gid_t gid : out_.groups) groups.push_back(host_.group_name(gid));
    return Error(Code::permission_denied,
                 fmt::format("group config is invalid: {} or [{}] don't have {} permission on the file: {} (it is "
                             "{}:{}, mode {:04o}; {})",
                             host_.user_name(user_.uid), fmt::join(groups, " "), writes ? "rw" : "ro", resource.source,
                             host_.user_name(facts.owner), host_.group_name(facts.group), facts.mode,
                             what_helps(facts, wanted)));
  }

  /// Adding the group helps where it is none that no function gets, and the group may do what is wanted.
  std::string what_helps(const SourceFacts& facts, mode_t wanted) const {
    if (!host_.may_grant(facts.group)) {
      return fmt::format("no function gets the group {}: chgrp it to another, or chmod it",
                         host_.group_name(facts.group));
    }
    const bool group_may = ((facts.mode >> 3) & wanted) == wanted;
    return group_may && !has_group(facts.group) ? "chmod it, or let GroupOwnerSetting add its group" : "chmod it";
  }

  const FunctionConfig& function_;
  const UserIds& user_;
  const HostView& host_;
  ContainerLayout out_;
};

Result<Fd> open_path(const std::string& path, int flags, std::string_view what) {
  Fd fd(::open(path.c_str(), O_PATH | O_CLOEXEC | flags));
  if (!fd) return errno_error(fmt::format("open the {} {}", what, path));
  return fd;
}

}  // namespace

SourceFacts::Kind kind_of_source(mode_t mode) {
  if (S_ISREG(mode)) return SourceFacts::Kind::file;
  if (S_ISDIR(mode)) return SourceFacts::Kind::directory;
  if (S_ISCHR(mode) || S_ISBLK(mode)) return SourceFacts::Kind::device;
  return SourceFacts::Kind::other;
}

HostView this_host() {
  return {.source = look_at,
          .place = real_place,
          .group = find_group,
          .may_grant = [](gid_t) { return true; },
          .user_name = user_name,
          .group_name = group_name};
}

Result<ContainerLayout> lay_out_container(const FunctionConfig& function, const UserIds& user, const HostView& host) {
  return Layout(function, user, host).make();
}

bool is_visible(const std::string& path, const std::vector<std::string>& protected_directories,
                const ContainerLayout& layout) {
  for (const LaidOutResource& resource : layout.resources) {
    if (is_within(path, resource.destination)) return true;
  }
  const auto hides = [&](std::string_view directory) { return is_within(path, directory); };
  return std::ranges::none_of(kHomes, hides) && std::ranges::none_of(protected_directories, hides);
}

HostResource host_resource(const LaidOutResource& resource) {
  HostResource out;
  out.kind = resource.kind;
  out.access = resource.access;
  out.source = resource.source;
  out.destination = resource.destination;
  return out;
}

Result<ContainerSpec> container_spec(const ContainerLayout& layout, const std::string& package,
                                     const std::string& runtimes, const std::string& socket) {
  ContainerSpec out;
  FESCUE_TRY(package_fd, open_path(package, O_DIRECTORY, "package"));
  out.package = std::move(package_fd);
  FESCUE_TRY(runtimes_fd, open_path(runtimes, O_DIRECTORY, "runtimes"));
  out.runtimes = std::move(runtimes_fd);
  FESCUE_TRY(socket_fd, open_path(socket, 0, "socket"));
  out.socket = std::move(socket_fd);
  out.sysfs = Sysfs(layout.sysfs);
  for (const LaidOutResource& resource : layout.resources) out.resources.push_back(host_resource(resource));
  return out;
}

WorkerLimits worker_limits(const FunctionConfig& function, const CgroupFacilities& cgroups) {
  WorkerLimits limits;
  if (cgroups.has(CgroupUse::processes)) limits.processes = kMaxProcessesOfWorker;
  if (cgroups.has(CgroupUse::cpu)) limits.cpu_weight = kCpuWeight;
  if (function.isolation != Isolation::container) return limits;
  limits.memory_kb = memory_limit_kb(function);
  limits.required = LimitsRequired::yes;
  return limits;
}

}  // namespace fescue
