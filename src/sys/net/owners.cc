// Looking up peers in /proc and in the tree of cgroups. Only peers that have an owner's uid are looked up.
#include "sys/net/owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/text/mount_info.h"
#include "base/worker_cgroup_name.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxKnownGroups = 4096;
constexpr std::size_t kMaxGroupsRead = 20'000;
constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNoCapabilities = "\nCapEff:\t0000000000000000\n";

using Listing = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Nothing when it cannot be read.
std::optional<std::string> read_all(const std::string& path) {
  auto text = real_file_system().read(path, kMaxFile);
  return text ? std::optional(std::move(*text)) : std::nullopt;
}

/// The path, below `directory`, of the group with that number.
std::optional<std::string> find_group(const std::string& directory, std::uint64_t number, std::size_t& left) {
  const Listing listing(::opendir(directory.c_str()), &::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (entry->d_type != DT_DIR || name == "." || name == "..") continue;
    if (left == 0) return std::nullopt;
    --left;
    if (entry->d_ino == number) return name;
    if (const auto below = find_group(directory + "/" + name, number, left)) return name + "/" + *below;
  }
  return std::nullopt;
}

}  // namespace

std::string cgroup2_mount(std::string_view mountinfo) {
  const auto mounts = parse_mountinfo(mountinfo);
  const auto found = std::ranges::find(mounts, "cgroup2", &MountInfo::type);
  return found == mounts.end() ? "" : found->point;
}

GroupPlaces GroupPlaces::here() { return {.cgroup2 = cgroup2_mount(read_all("/proc/self/mountinfo").value_or(""))}; }

Owners::Owners(std::set<uid_t> uids, GroupPlaces places) : uids_(std::move(uids)), places_(std::move(places)) {}

std::string Owners::why_not(const Peer& peer) {
  if (!peer.uid) return "only users of this machine can be the owner";
  if (!uids_.contains(*peer.uid)) return fmt::format("uid {} is not the owner", *peer.uid);
  Membership membership = Membership::unknown;
  if (peer.pid) {
    membership = of_process(*peer.pid);
  } else if (peer.cgroup != 0) {
    membership = of_group(peer.cgroup);
  }
  if (membership == Membership::nobody) return "";
  if (membership == Membership::worker) return fmt::format("it is a function, which runs as uid {}", *peer.uid);
  if (!a_function_runs_as(*peer.uid)) return "";
  return fmt::format("a function runs as uid {}, and this host does not tell it from the owner", *peer.uid);
}

Owners::Membership Owners::of_process(pid_t pid) const {
  const auto groups = read_all(fmt::format("{}/{}/cgroup", places_.proc, pid));
  if (!groups) return Membership::unknown;
  return names_worker_group(*groups) ? Membership::worker : Membership::nobody;
}

Owners::Membership Owners::of_group(std::uint64_t number) {
  if (const auto known = known_groups_.find(number); known != known_groups_.end()) return known->second;
  struct stat top;
  if (places_.cgroup2.empty() || ::stat(places_.cgroup2.c_str(), &top) != 0) return Membership::unknown;
  std::size_t left = kMaxGroupsRead;
  const auto path = top.st_ino == number ? std::string() : find_group(places_.cgroup2, number, left);
  if (!path) return Membership::unknown;
  if (known_groups_.size() >= kMaxKnownGroups) known_groups_.clear();
  const auto membership = is_in_worker_group(*path) ? Membership::worker : Membership::nobody;
  known_groups_.emplace(number, membership);
  return membership;
}

/// Monitors wait as root in the groups of their workers. They have capabilities, functions in containers have none.
bool Owners::a_function_runs_as(uid_t uid) const {
  const Listing listing(::opendir(places_.proc.c_str()), &::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    const std::string process = places_.proc + "/" + entry->d_name;
    if (std::string_view(entry->d_name).find_first_not_of(kDigits) != std::string_view::npos) continue;
    const auto groups = read_all(process + "/cgroup");
    if (!groups || !names_worker_group(*groups)) continue;
    const std::string status = read_all(process + "/status").value_or("");
    const bool is_theirs = status.find(fmt::format("\nUid:\t{}\t", uid)) != std::string::npos;
    if (is_theirs && status.find(kNoCapabilities) != std::string::npos) return true;
  }
  return false;
}

}  // namespace fescue
