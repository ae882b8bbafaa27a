// Finding a place in a v2 tree where controllers can be used.
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

#include "sandbox/cgroup/cgroup_v2.h"

namespace fescue {

namespace {

/// Where the launcher, the core and whoever started them go when their group hands its controllers on.
constexpr const char* kLeaf = "fescue";

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; at += word.size()) {
    const bool begins = at == 0 || text[at - 1] == ' ';
    const auto end = at + word.size();
    if (begins && (end == text.size() || text[end] == ' ' || text[end] == '\n')) return true;
  }
  return false;
}

/// The top of the machine's tree is the one group without this file; a container's top has it.
bool is_machine_top(const CgroupDirectory& directory) { return !directory.has("cgroup.events"); }

/// systemd marks what it has handed over with Delegate=yes.
bool is_delegated(const CgroupDirectory& directory) {
  char value[8];
  for (const char* name : {"user.delegate", "trusted.delegate"}) {
    if (::fgetxattr(directory.fd(), name, value, sizeof value) == 1 && value[0] == '1') return true;
  }
  return false;
}

/// Whether every process of the group runs a program from this program's directory: the core and its helpers.
bool are_all_ours(const CgroupDirectory& directory) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const pid_t pid : directory.processes()) {
    const auto program = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
    if (error || program.parent_path() != self) return false;
  }
  return true;
}

/// Moves every process of the group to a leaf below it. Returns the leaf's path, or nothing.
std::string empty_into_leaf(const CgroupDirectory& directory) {
  const auto leaf = directory.make_child(kLeaf);
  constexpr int kRounds = 10;  // a member may fork meanwhile
  for (int i = 0; leaf && i < kRounds; ++i) {
    const auto pids = directory.processes();
    if (pids.empty()) return leaf->path();
    for (const pid_t pid : pids) static_cast<void>(leaf->write("cgroup.procs", std::to_string(pid)));
  }
  return {};
}

/// "+memory +pids"
std::string request_for(const std::set<std::string>& controllers) {
  std::string text;
  for (const auto& controller : controllers) text += (text.empty() ? "+" : " +") + controller;
  return text;
}

bool hands_on(const CgroupDirectory& directory, const std::set<std::string>& wanted) {
  return delegate_controllers(directory, wanted).contains("memory") || !wanted.contains("memory");
}
bool hands_on(const std::string& path, const std::set<std::string>& wanted) {
  const auto directory = CgroupDirectory::open(path);
  return directory && hands_on(*directory, wanted);
}

/// The named group below the mount, made if it is not there; every group on the way hands on what it can.
std::string prepare_parent(const CgroupMount& mount, const std::string& parent, const std::set<std::string>& wanted) {
  std::string path = mount.point;
  auto directory = CgroupDirectory::open(path);
  for (const auto& part : std::filesystem::path(parent).relative_path()) {
    path += "/" + part.string();
    if (directory) delegate_controllers(*directory, wanted);
    if (directory) directory = directory->make_child(part.string());
  }
  if (directory) delegate_controllers(*directory, wanted);
  return path;
}

}  // namespace

/// All in one write: pids or cpu alone would turn a group with processes into a threaded one, which cannot hold memory.
std::set<std::string> delegate_controllers(const CgroupDirectory& directory, const std::set<std::string>& controllers) {
  const auto offered = directory.read("cgroup.controllers");
  if (!offered) return {};
  std::set<std::string> wanted;
  for (const auto& controller : controllers) {
    if (has_word(*offered, controller)) wanted.insert(controller);
  }
  if (wanted.empty()) return {};
  const bool may_write = wanted.contains("memory") || is_machine_top(directory) || directory.processes().empty();
  if (may_write && !directory.write("cgroup.subtree_control", request_for(wanted)) && wanted.contains("cpu")) {
    auto without_cpu = wanted;  // which cannot be had while there are real-time processes
    without_cpu.erase("cpu");
    static_cast<void>(directory.write("cgroup.subtree_control", request_for(without_cpu)));
  }
  const auto handed = directory.read("cgroup.subtree_control");
  std::erase_if(wanted, [&](const auto& controller) { return !handed || !has_word(*handed, controller); });
  return wanted;
}

V2Place prepare_v2(const CgroupMount& mount, const std::string& parent, const std::set<std::string>& wanted) {
  if (!parent.empty()) return {prepare_parent(mount, parent, wanted), mount.own};
  const V2Place as_it_is{mount.own, mount.own};
  const auto own = CgroupDirectory::open(mount.own);
  if (!own || hands_on(*own, wanted)) return as_it_is;
  const std::filesystem::path path = mount.own;
  if (path.filename() == kLeaf && hands_on(path.parent_path(), wanted)) return {path.parent_path(), mount.own};
  const bool container_top = mount.own == mount.point && !is_machine_top(*own);
  if (container_top || is_delegated(*own) || are_all_ours(*own)) {
    const std::string leaf = empty_into_leaf(*own);
    delegate_controllers(*own, wanted);
    if (!leaf.empty()) return {mount.own, leaf};
  }
  return hands_on(mount.point, wanted) ? V2Place{mount.point, mount.own} : as_it_is;
}

}  // namespace fescue
