// The list of system calls as numbers, assembled into a BPF program by binary search, and its installation.
#include "sandbox/seccomp/seccomp.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <map>
#include <span>

#include <seccomp.h>

#include "sandbox/seccomp/seccomp_calls.h"

namespace fescue {

namespace {

constexpr std::uint32_t kNamespaceFlags = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                          CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME;

/// Local, internet, and the buses of devices (their access is decided by the kernel and the host's network). Netlink
/// is decided by its protocol.
constexpr std::array<std::uint32_t, 5> kAddressFamilies = {AF_UNIX, AF_INET, AF_INET6, AF_CAN, AF_BLUETOOTH};

constexpr std::uint32_t kSetIdBits = S_ISUID | S_ISGID;
constexpr std::uint32_t kMakesFiles = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);

/// Of Linux in 64 and 32 bits, with and without randomised addresses, and the question which it is.
constexpr std::array<std::uint32_t, 5> kPersonalities = {0x0, 0x8, 0x40000, 0x40008, 0xffffffff};

constexpr std::uint32_t kAbsent = SECCOMP_RET_ERRNO | ENOSYS;

/// The last four: the argument with that index, from 0, is a mode of a file; or the flags of open(2), behind which the
/// mode is.
enum class CallVerdict {
  absent,
  allow,
  refuse,
  without_namespaces,
  of_families,
  of_personalities,
  mode_in_1,
  mode_in_2,
  opening_in_1,
  opening_in_2,
};

constexpr std::pair<const char*, CallVerdict> kCallsWithModes[] = {
    {"chmod", CallVerdict::mode_in_1},     {"fchmod", CallVerdict::mode_in_1},  {"fchmodat", CallVerdict::mode_in_2},
    {"fchmodat2", CallVerdict::mode_in_2}, {"creat", CallVerdict::mode_in_1},   {"mknod", CallVerdict::mode_in_1},
    {"mknodat", CallVerdict::mode_in_2},   {"open", CallVerdict::opening_in_1}, {"openat", CallVerdict::opening_in_2},
    {"openat2", CallVerdict::absent}};

/// From each number on, until the next one.
using Ranges = std::vector<std::pair<std::uint32_t, CallVerdict>>;

Ranges ranges_for(std::uint32_t architecture, const SeccompRules& rules) {
  std::map<std::uint32_t, CallVerdict> verdicts;
  const auto set = [&](const char* name, CallVerdict verdict) {
    const int number = ::seccomp_syscall_resolve_name_arch(architecture, name);
    if (number >= 0) verdicts[static_cast<std::uint32_t>(number)] = verdict;  // negative: not on this machine
  };
  for (const char* name : kAllowedCalls) set(name, CallVerdict::allow);
  for (const char* name : kRefusedCalls) set(name, CallVerdict::refuse);
  for (const char* name : {"clone", "unshare"}) set(name, CallVerdict::without_namespaces);
  set("socket", CallVerdict::of_families);
  set("personality", CallVerdict::of_personalities);
  if (!rules.set_id_files) {
    for (const auto& [name, verdict] : kCallsWithModes) set(name, verdict);
  }

  Ranges ranges{{0, CallVerdict::absent}};
  std::uint32_t next = 0;
  for (const auto& [number, verdict] : verdicts) {
    if (number != next && ranges.back().second != CallVerdict::absent) ranges.emplace_back(next, CallVerdict::absent);
    if (ranges.back().second != verdict) ranges.emplace_back(number, verdict);
    next = number + 1;
  }
  if (ranges.back().second != CallVerdict::absent) ranges.emplace_back(next, CallVerdict::absent);
  return ranges;
}

class Assembler {
 public:
  explicit Assembler(const SeccompRules& rules)
      : rules_(rules),
        refuse_(rules.listening ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO | EPERM),
        end_(rules.listening ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_KILL_PROCESS) {}

  const SeccompRules& rules() const { return rules_; }

  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
  void finish(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  void refuse() { finish(refuse_); }
  void end_process() { finish(end_); }
  /// The next instruction if the comparison holds, else the one after it.
  void unless(std::uint16_t comparison, std::uint32_t value) {
    program_.push_back({static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), 0, 1, value});
  }
  /// A jump whose target is set by land().
  std::size_t jump() {
    add(BPF_JMP | BPF_JA, 0);
    return program_.size() - 1;
  }
  void land(std::size_t jump) { program_[jump].k = static_cast<std::uint32_t>(program_.size() - jump - 1); }

  SeccompProgram take() { return std::move(program_); }

 private:
  void add(std::uint16_t code, std::uint32_t value) { program_.push_back({code, 0, 0, value}); }

  SeccompRules rules_;
  std::uint32_t refuse_, end_;
  SeccompProgram program_;
};

/// The low half of an argument: all that the kernel looks at of those that are checked here.
std::size_t argument(std::size_t index) {
  constexpr bool kLittleEndian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
  return offsetof(seccomp_data, args) + 8 * index + (kLittleEndian ? 0 : 4);
}

void allow_listed(Assembler& out, std::size_t index, std::span<const std::uint32_t> values) {
  out.load(argument(index));
  for (const auto value : values) {
    out.unless(BPF_JEQ, value);
    out.finish(SECCOMP_RET_ALLOW);
  }
}

void decide_by_family(Assembler& out) {
  allow_listed(out, 0, kAddressFamilies);
  out.unless(BPF_JEQ, AF_NETLINK);
  const std::size_t is_netlink = out.jump();
  out.refuse();
  out.land(is_netlink);
  const std::array<std::uint32_t, 2> protocols{NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT};
  allow_listed(out, 2, std::span(protocols).first(out.rules().device_events ? 2 : 1));
  out.refuse();
}

void decide_by_mode(Assembler& out, std::size_t index) {
  out.load(argument(index));
  out.unless(BPF_JSET, kSetIdBits);
  out.refuse();
  out.finish(SECCOMP_RET_ALLOW);
}

/// Whoever only opens may leave anything in the place of the mode.
void decide_by_flags(Assembler& out, std::size_t index) {
  out.load(argument(index));
  out.unless(BPF_JSET, kMakesFiles);
  const std::size_t makes = out.jump();
  out.finish(SECCOMP_RET_ALLOW);
  out.land(makes);
  decide_by_mode(out, index + 1);
}

void decide(Assembler& out, CallVerdict verdict) {
  switch (verdict) {
    case CallVerdict::absent:
      return out.finish(kAbsent);
    case CallVerdict::allow:
      return out.finish(SECCOMP_RET_ALLOW);
    case CallVerdict::refuse:
      return out.refuse();
    case CallVerdict::of_families:
      return decide_by_family(out);
    case CallVerdict::of_personalities:
      allow_listed(out, 0, kPersonalities);
      return out.refuse();
    case CallVerdict::mode_in_1:
      return decide_by_mode(out, 1);
    case CallVerdict::mode_in_2:
      return decide_by_mode(out, 2);
    case CallVerdict::opening_in_1:
      return decide_by_flags(out, 1);
    case CallVerdict::opening_in_2:
      return decide_by_flags(out, 2);
    case CallVerdict::without_namespaces:
      out.load(argument(0));
      out.unless(BPF_JSET, kNamespaceFlags);
      out.refuse();
      return out.finish(SECCOMP_RET_ALLOW);
  }
}

void search(Assembler& out, std::span<const Ranges::value_type> ranges) {
  if (ranges.size() == 1) return decide(out, ranges[0].second);
  const std::size_t middle = ranges.size() / 2;
  out.unless(BPF_JGE, ranges[middle].first);
  const std::size_t upper = out.jump();
  search(out, ranges.first(middle));
  out.land(upper);
  search(out, ranges.subspan(middle));
}

void add_machine(Assembler& out, std::uint32_t architecture) {
  out.load(offsetof(seccomp_data, arch));
  out.unless(BPF_JEQ, architecture);
  const std::size_t is_this = out.jump();
  const std::size_t is_other = out.jump();
  out.land(is_this);
  out.load(offsetof(seccomp_data, nr));
  search(out, ranges_for(architecture, out.rules()));
  out.land(is_other);
}

/// V1's functions for 32-bit ARM run on 64-bit machines too.
std::vector<std::uint32_t> filtered_architectures() {
  const std::uint32_t native = ::seccomp_arch_native();
  if (native == SCMP_ARCH_AARCH64) return {native, SCMP_ARCH_ARM};
  return {native};
}

sock_fprog form_of(const SeccompProgram& program) {
  return {static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
}

std::size_t index_of(SetIdFiles set_id_files, DeviceEvents device_events) {
  return (set_id_files ? 2U : 0U) + (device_events ? 1U : 0U);
}

/// EBUSY: another process around this service listens to its calls, and there is one listener only.
bool has_no_listeners(int number) { return number == EBUSY || number == EINVAL || number == ENOSYS; }

}  // namespace

SeccompProgram make_seccomp_program(const SeccompRules& rules) {
  Assembler out(rules);
  for (const auto architecture : filtered_architectures()) add_machine(out, architecture);
  out.end_process();
  return out.take();
}

SeccompFilters::SeccompFilters(Listening listening) {
  for (const auto set_id_files : {SetIdFiles::no, SetIdFiles::yes}) {
    for (const auto device_events : {DeviceEvents::no, DeviceEvents::yes}) {
      SeccompFilter& filter = filters_[index_of(set_id_files, device_events)];
      filter.silent = make_seccomp_program({Listening::no, set_id_files, device_events});
      if (listening) filter.listening = make_seccomp_program({Listening::yes, set_id_files, device_events});
    }
  }
}

const SeccompFilter& SeccompFilters::of(const WorkerSpec& worker) const {
  const bool has_roots_ids =
      worker.uid == 0 || worker.gid == 0 || std::ranges::find(worker.groups, 0U) != worker.groups.end();
  const auto is_device = [](const HostResource& each) { return each.kind == HostResource::Kind::device; };
  const bool has_devices = worker.container && std::ranges::any_of(worker.container->resources, is_device);
  return filters_[index_of(SetIdFiles(!has_roots_ids), DeviceEvents(has_devices))];
}

bool is_filtered_architecture(std::uint32_t audit_architecture) {
  const auto filtered = filtered_architectures();
  return std::ranges::find(filtered, audit_architecture) != filtered.end();
}

Result<Fd> install_seccomp(const SeccompFilter& filter) {
  if (!filter.listening.empty()) {
    const sock_fprog form = form_of(filter.listening);
    const long listener = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &form);
    if (listener >= 0) return Fd(static_cast<int>(listener));
    if (!has_no_listeners(errno)) return errno_error("install the filter of system calls");
  }
  const sock_fprog form = form_of(filter.silent);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &form, 0, 0) == 0) return Fd();
  return errno_error("install the filter of system calls");
}

}  // namespace fescue
