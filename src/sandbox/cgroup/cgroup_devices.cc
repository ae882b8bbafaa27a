// Device rules as text for v1 and as an eBPF program for v2, which is assembled here.
#include "sandbox/cgroup/cgroup_devices.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace fescue {

namespace {

int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

// Registers of the program: what is asked for.
constexpr std::uint8_t kContext = BPF_REG_1, kKind = BPF_REG_2, kAccess = BPF_REG_3, kMajor = BPF_REG_4,
                       kMinor = BPF_REG_5, kScratch = BPF_REG_1;

bpf_insn instruction(int code, std::uint8_t to, std::uint8_t from, std::int16_t offset, std::int32_t number) {
  bpf_insn made{};
  made.code = static_cast<std::uint8_t>(code);
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = offset;
  made.imm = number;
  return made;
}
bpf_insn load(std::uint8_t to, std::size_t offset) {
  return instruction(BPF_LDX | BPF_W | BPF_MEM, to, kContext, static_cast<std::int16_t>(offset), 0);
}
bpf_insn copy(std::uint8_t to, std::uint8_t from) { return instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
bpf_insn set(std::uint8_t to, std::int32_t number) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, number);
}
bpf_insn mask(std::uint8_t to, std::uint32_t bits) {
  return instruction(BPF_ALU | BPF_AND | BPF_K, to, 0, 0, static_cast<std::int32_t>(bits));
}
bpf_insn shift_right(std::uint8_t to, std::int32_t bits) {
  return instruction(BPF_ALU | BPF_RSH | BPF_K, to, 0, 0, bits);
}
bpf_insn skip_unless(std::uint8_t value, std::uint32_t number) {  // the distance is filled in later
  return instruction(BPF_JMP | BPF_JNE | BPF_K, value, 0, 0, static_cast<std::int32_t>(number));
}
bpf_insn leave() { return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

void append_rule(std::vector<bpf_insn>& program, const DeviceRule& rule) {
  std::vector<bpf_insn> part{skip_unless(kKind, static_cast<std::uint32_t>(rule.kind)),
                             skip_unless(kMajor, rule.major)};
  if (rule.minor) part.push_back(skip_unless(kMinor, *rule.minor));
  part.push_back(copy(kScratch, kAccess));
  part.push_back(mask(kScratch, ~static_cast<std::uint32_t>(rule.access)));
  part.push_back(skip_unless(kScratch, 0));
  part.push_back(set(BPF_REG_0, 1));
  part.push_back(leave());
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool jumps = part[i].code == (BPF_JMP | BPF_JNE | BPF_K);
    if (jumps) part[i].off = static_cast<std::int16_t>(part.size() - i - 1);
  }
  program.insert(program.end(), part.begin(), part.end());
}

}  // namespace

std::vector<DeviceRule> common_devices() {
  using enum DeviceRule::Kind;
  using enum DeviceRule::Access;
  return {
      {character, 1, 3, read_write},               // null
      {character, 1, 5, read_write},               // zero
      {character, 1, 7, read_write},               // full
      {character, 1, 8, read_write},               // random
      {character, 1, 9, read_write},               // urandom
      {character, 5, 0, read_write},               // tty
      {character, 5, 2, read_write},               // ptmx
      {character, 136, std::nullopt, read_write},  // pts/*
  };
}

std::string v1_device_rule(const DeviceRule& rule) {
  std::string text = rule.kind == DeviceRule::Kind::block ? "b " : "c ";
  text += std::to_string(rule.major) + ":" + (rule.minor ? std::to_string(*rule.minor) : "*");
  return text + (rule.access == DeviceRule::Access::read ? " r" : " rw");
}

std::vector<bpf_insn> device_program(std::span<const DeviceRule> rules) {
  std::vector<bpf_insn> program{
      load(kKind, offsetof(bpf_cgroup_dev_ctx, access_type)),  // the kind in its low half, the access in the other
      load(kMajor, offsetof(bpf_cgroup_dev_ctx, major)),
      load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)),
      copy(kAccess, kKind),
      shift_right(kAccess, 16),
      mask(kKind, 0xffff),
  };
  for (const auto& rule : rules) append_rule(program, rule);
  program.push_back(set(BPF_REG_0, 0));
  program.push_back(leave());
  return program;
}

Result<Fd> load_device_program(std::span<const DeviceRule> rules) {
  const auto program = device_program(rules);
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<std::uint64_t>(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = reinterpret_cast<std::uint64_t>("Apache-2.0");
  Fd fd(bpf(BPF_PROG_LOAD, attributes));
  if (!fd && (errno == ENOSYS || errno == EINVAL))
    return Error(Code::unavailable, "the kernel has no eBPF for devices");
  if (!fd) return errno_error("load the device program");
  return fd;
}

Result<void> attach_device_program(const CgroupDirectory& group, const Fd& program) {
  bpf_attr attributes{};
  attributes.target_fd = static_cast<std::uint32_t>(group.fd());
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, attributes) != 0) return errno_error("attach the device program to " + group.path());
  return ok();
}

}  // namespace fescue
