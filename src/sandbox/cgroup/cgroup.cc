// Finding out which of the three arrangements a host has, and the life of a worker's group over any of them.
#include "sandbox/cgroup/cgroup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "sandbox/cgroup/cgroup_hybrid.h"
#include "sandbox/cgroup/cgroup_v1.h"
#include "sandbox/cgroup/cgroup_v2.h"

namespace fescue {

namespace {

/// What the controllers of v1 are for here. cpuacct and freezer only add stats and a better kill.
constexpr std::array<const char*, 6> kV1Controllers = {"memory", "pids", "cpu", "cpuacct", "devices", "freezer"};

CgroupMounts look(const CgroupOptions& options) {
  const auto mountinfo = read_small_file(AT_FDCWD, "/proc/self/mountinfo");
  const auto own = read_small_file(AT_FDCWD, "/proc/self/cgroup");
  CgroupMounts mounts;
  if (mountinfo && own) mounts = find_cgroup_mounts(*mountinfo, *own);
  for (const auto& absent : options.without) mounts.v1.erase(absent);
  if (options.without.contains("v1")) mounts.v1.clear();
  if (options.without.contains("v2")) mounts.v2.reset();
  return mounts;
}

std::string parent_below(const CgroupMount& mount, const CgroupOptions& options) {
  if (options.parent.empty()) return mount.own;
  std::string directory = mount.point;
  std::error_code error;
  directory += std::filesystem::path(options.parent).lexically_normal().string();
  std::filesystem::create_directories(directory, error);  // what fails here fails again, with a reason, at its child
  return directory;
}

}  // namespace

std::uint64_t refaults_of(const CgroupDirectory& memory) {
  for (const char* name : {"workingset_refault_file", "workingset_refault", "pgmajfault"}) {
    if (const auto number = memory.number_of("memory.stat", name)) return *number;
  }
  return 0;
}

Cgroups::Cgroups(const CgroupOptions& options) {
  const CgroupMounts mounts = look(options);
  find_v1(options, mounts);
  find_v2(options, mounts);
  const bool has_v1 = v1_of_.contains("memory") || v1_of_.contains("pids") || v1_of_.contains("cpu");
  facilities_.layout =
      has_v1 ? (v2_ ? CgroupLayout::hybrid : CgroupLayout::v1) : (v2_ ? CgroupLayout::v2 : CgroupLayout::none);
  report();
}

void Cgroups::find_v1(const CgroupOptions& options, const CgroupMounts& mounts) {
  for (const std::string controller : kV1Controllers) {
    const auto mount = mounts.v1.find(controller);
    if (mount == mounts.v1.end()) continue;
    const std::string parent = parent_below(mount->second, options);
    const auto known = std::ranges::find_if(v1_, [&](const auto& tree) { return tree.parent().path() == parent; });
    if (known != v1_.end()) {
      v1_of_[controller] = static_cast<std::size_t>(known - v1_.begin());
      continue;
    }
    auto tree = CgroupTree::make(parent, mount->second.own);
    if (!tree) {
      why_unusable_[controller] = tree.error().message();
      continue;
    }
    v1_of_[controller] = v1_.size();
    v1_.push_back(std::move(*tree));
  }
}

void Cgroups::find_v2(const CgroupOptions& options, const CgroupMounts& mounts) {
  if (!mounts.v2) return;
  std::set<std::string> wanted;
  for (const char* controller : {"memory", "pids", "cpu"}) {
    if (!v1_of_.contains(controller) && !options.without.contains(controller)) wanted.insert(controller);
  }
  const V2Place place = prepare_v2(*mounts.v2, options.parent, v1_.empty() ? wanted : std::set<std::string>());
  auto tree = CgroupTree::make(place.parent, place.home);
  if (!tree) {
    for (const auto& controller : wanted) why_unusable_.emplace(controller, tree.error().message());
    return;
  }
  v2_ = std::move(*tree);
  v2_has_ = delegate_controllers(v2_->directory(), wanted);
  const bool kills = v2_->directory().has("cgroup.kill");
  if (kills && !options.without.contains("kill")) v2_has_.insert("kill");
  if (!options.without.contains("bpf") && ::geteuid() == 0 && load_device_program({})) v2_has_.insert("bpf");
}

bool Cgroups::has(const std::string& controller) const {
  return v1_of_.contains(controller) || v2_has_.contains(controller);
}

std::string Cgroups::why_not(const std::string& controller) const {
  if (has(controller)) return "";
  if (const auto refusal = why_unusable_.find(controller); refusal != why_unusable_.end()) return refusal->second;
  if (v1_.empty() && !v2_) return "no cgroup hierarchy is mounted that this process can use";
  if (controller == "memory") {
    return "the kernel offers no memory controller here (many need cgroup_enable=memory on the kernel's command line)";
  }
  return "the kernel offers no " + controller + " controller here";
}

void Cgroups::report() {
  facilities_.why_missing(CgroupUse::memory) = why_not("memory");
  facilities_.why_missing(CgroupUse::processes) = why_not("pids");
  facilities_.why_missing(CgroupUse::cpu) = why_not("cpu");
  if (!v2_has_.contains("bpf")) facilities_.why_missing(CgroupUse::devices) = why_not("devices");
  const bool kills = v2_has_.contains("kill") || has("freezer") || v2_;
  if (!kills) facilities_.why_missing(CgroupUse::kill) = "there is neither cgroup.kill nor a freezer";
  if (const auto memory = v1_of_.find("memory"); memory != v1_of_.end()) {
    facilities_.place = v1_[memory->second].directory().path();
  } else if (v2_) {
    facilities_.place = v2_->directory().path();
  } else if (!v1_.empty()) {
    facilities_.place = v1_.front().directory().path();
  }
}

std::vector<int> Cgroups::descriptors() const {
  std::vector<int> numbers;
  const auto add = [&](const CgroupTree& tree) {
    for (const auto* directory : {&tree.parent(), &tree.directory(), &tree.home()}) numbers.push_back(directory->fd());
  };
  for (const auto& tree : v1_) add(tree);
  if (v2_) add(*v2_);
  return numbers;
}

Result<std::unique_ptr<WorkerGroup>> Cgroups::make(unsigned number) const {
  const std::string name = std::to_string(number);
  if (!v2_) return V1Group::make(v1_, v1_of_, name);
  if (v1_.empty()) return V2Group::make(*v2_, v2_has_, name);
  FESCUE_TRY(v1, V1Group::make(v1_, v1_of_, name));
  FESCUE_TRY(v2, V2Group::make(*v2_, v2_has_, name));
  const auto devices = v2_has_.contains("bpf") ? CgroupLayout::v2 : CgroupLayout::v1;
  return std::unique_ptr<WorkerGroup>(new HybridGroup(std::move(v1), std::move(v2), devices));
}

bool Cgroups::finish(unsigned number) const {
  const std::string name = std::to_string(number);
  bool gone = !v2_ || v2_->finish(name);
  for (const auto& tree : v1_) gone &= tree.finish(name);
  return gone;
}

bool Cgroups::remove() const {
  bool gone = !v2_ || v2_->remove();
  for (const auto& tree : v1_) gone &= tree.remove();
  return gone;
}

}  // namespace fescue
