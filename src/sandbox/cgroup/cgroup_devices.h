// Which device nodes the processes of a group may open. Cgroup v1 takes rules as text; v2 asks an eBPF program. A
// second layer: what is not bound into a container's /dev is not there, and nobody inside can make a node.
#pragma once

#include <linux/bpf.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/cgroup/cgroup_directory.h"

namespace fescue {

struct DeviceRule {
  enum class Kind : std::uint32_t { block = BPF_DEVCG_DEV_BLOCK, character = BPF_DEVCG_DEV_CHAR };
  enum class Access : std::uint32_t {
    read = BPF_DEVCG_ACC_READ,
    read_write = BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE,
  };
  Kind kind = Kind::character;
  unsigned major = 0;
  std::optional<unsigned> minor;  // none: all of them
  Access access = Access::read_write;
};

/// What every container's /dev holds: null, zero, full, random, urandom, tty, ptmx and the terminals.
std::vector<DeviceRule> common_devices();

/// "c 1:3 rw", as cgroup v1 writes it.
std::string v1_device_rule(const DeviceRule& rule);

/// Allows what one of the rules allows. At most some hundred rules fit.
std::vector<bpf_insn> device_program(std::span<const DeviceRule> rules);

/// Errors: unavailable (a kernel without it), io.
Result<Fd> load_device_program(std::span<const DeviceRule> rules);
/// For the rest of the group's life, below the programs of the groups above it.
Result<void> attach_device_program(const CgroupDirectory& group, const Fd& program);

}  // namespace fescue
