// Every message comes back as it was, and no prefix, extension or wrong count is accepted.
#include "sandbox/protocol/protocol.h"

#include <linux/audit.h>

#include <cstring>

#include <gtest/gtest.h>

namespace fescue {
namespace {

WorkerSpec example() {
  WorkerSpec spec;
  spec.id = 7;
  spec.uid = 1001;
  spec.gid = 1002;
  spec.groups = {44, 20};
  spec.program = "/usr/bin/python3";
  spec.arguments = {"python3", "-u", "", "--handler=a.b"};
  spec.environment = {"A=1", "EMPTY=", "TWO=a=b"};
  spec.limits = {16384, 64, 250, LimitsRequired::yes};
  return spec;
}

WorkerSpec contained() {
  auto spec = example();
  spec.container.emplace();
  spec.container->scratch_kb = 4096;
  spec.container->sysfs = Sysfs::yes;
  spec.container->masks = {"/opt/greengrass", "/home"};
  auto& resources = spec.container->resources;
  resources.resize(2);
  resources[0].access = HostResource::Access::read_write;
  resources[0].source = "/srv/data";
  resources[0].destination = "/data";
  resources[1].kind = HostResource::Kind::device;
  resources[1].source = resources[1].destination = "/dev/ttyS0";
  return spec;
}

/// Offsets in a start message: the head has 16 bytes, the body nine u32, the limits six.
constexpr std::size_t kBody = 16;

std::string with_u32(std::string message, std::size_t offset, std::uint32_t value) {
  std::memcpy(message.data() + offset, &value, sizeof value);
  return message;
}

std::string error_of(std::string_view message) {
  const auto decoded = decode_request(message);
  return decoded ? "accepted" : decoded.error().message();
}

TEST(Protocol, StartComesBackAsItWas) {
  const auto spec = example();
  const auto decoded = decode_request(encode(spec));
  ASSERT_TRUE(decoded) << decoded.error().message();
  const auto& got = std::get<WorkerSpec>(*decoded);
  EXPECT_EQ(got.id, spec.id);
  EXPECT_EQ(got.uid, spec.uid);
  EXPECT_EQ(got.gid, spec.gid);
  EXPECT_EQ(got.groups, spec.groups);
  EXPECT_EQ(got.program, spec.program);
  EXPECT_EQ(got.arguments, spec.arguments);
  EXPECT_EQ(got.environment, spec.environment);
  EXPECT_FALSE(got.working_directory);
  EXPECT_EQ(got.limits.memory_kb, 16384u);
  EXPECT_EQ(got.limits.processes, 64u);
  EXPECT_EQ(got.limits.cpu_weight, 250u);
  EXPECT_EQ(got.limits.required, LimitsRequired::yes);
}

TEST(Protocol, PlacesOfConnectionsComeBack) {
  auto spec = example();
  for (const auto place : {ConnectionPlace::none, ConnectionPlace::own, ConnectionPlace::own_and_input}) {
    spec.connection_place = place;
    EXPECT_EQ(std::get<WorkerSpec>(decode_request(encode(spec)).value()).connection_place, place);
  }
  EXPECT_EQ(error_of(with_u32(encode(spec), kBody + 28, 3)), "unknown place of the connection");
}

TEST(Protocol, ARehearsalComesBack) {
  auto spec = example();
  EXPECT_EQ(std::get<WorkerSpec>(decode_request(encode(spec)).value()).rehearsal, Rehearsal::no);
  spec.rehearsal = Rehearsal::yes;
  EXPECT_EQ(std::get<WorkerSpec>(decode_request(encode(spec)).value()).rehearsal, Rehearsal::yes);
  EXPECT_EQ(error_of(with_u32(encode(spec), kBody + 32, 2)), "rehearsal is neither 0 nor 1");
}

TEST(Protocol, ContainersComeBack) {
  const auto decoded = decode_request(encode(contained()));
  ASSERT_TRUE(decoded) << decoded.error().message();
  EXPECT_EQ(encode(std::get<WorkerSpec>(*decoded)), encode(contained()));
  const auto& container = std::get<WorkerSpec>(*decoded).container;
  ASSERT_TRUE(container);
  EXPECT_EQ(container->scratch_kb, 4096u);
  EXPECT_EQ(container->sysfs, Sysfs::yes);
  EXPECT_EQ(container->masks, contained().container->masks);
  ASSERT_EQ(container->resources.size(), 2u);
  EXPECT_EQ(container->resources[0].kind, HostResource::Kind::volume);
  EXPECT_EQ(container->resources[0].access, HostResource::Access::read_write);
  EXPECT_EQ(container->resources[0].source, "/srv/data");
  EXPECT_EQ(container->resources[0].destination, "/data");
  EXPECT_EQ(container->resources[1].kind, HostResource::Kind::device);
  EXPECT_EQ(container->resources[1].access, HostResource::Access::read_only);
}

TEST(Protocol, OtherRequestsComeBack) {
  const auto signal = decode_request(encode(SignalRequest{9, 15}));
  ASSERT_TRUE(signal);
  EXPECT_EQ(std::get<SignalRequest>(*signal).id, 9u);
  EXPECT_EQ(std::get<SignalRequest>(*signal).number, 15);
  const auto kill = decode_request(encode(KillRequest{3}));
  ASSERT_TRUE(kill);
  EXPECT_EQ(std::get<KillRequest>(*kill).id, 3u);
  EXPECT_TRUE(std::holds_alternative<StopAllRequest>(*decode_request(encode(StopAllRequest{}))));
}

LookRequest look() {
  LookRequest request{8, {}};
  request.resource.access = HostResource::Access::read_write;
  request.resource.source = "/home/a/data";
  request.resource.destination = "/data";
  return request;
}

TEST(Protocol, QuestionsAboutSourcesComeBack) {
  const auto decoded = decode_request(encode(look()));
  ASSERT_TRUE(decoded) << decoded.error().message();
  const auto& got = std::get<LookRequest>(*decoded);
  EXPECT_EQ(got.id, 8u);
  EXPECT_EQ(got.resource.kind, HostResource::Kind::volume);
  EXPECT_EQ(got.resource.access, HostResource::Access::read_write);
  EXPECT_EQ(got.resource.source, "/home/a/data");
  EXPECT_EQ(got.resource.destination, "/data");
  const auto looked = std::get<Looked>(*decode_event(encode(Looked{9, {1, 2, 0100644}})));
  EXPECT_EQ(looked.id, 9u);
  EXPECT_EQ(looked.status.uid, 1u);
  EXPECT_EQ(looked.status.gid, 2u);
  EXPECT_EQ(looked.status.mode, 0100644u);
  const auto failed = std::get<LookFailed>(*decode_event(encode(LookFailed{10, Error(Code::not_found, "no")})));
  EXPECT_EQ(failed.id, 10u);
  EXPECT_EQ(failed.error, Error(Code::not_found, "no"));
}

TEST(Protocol, QuestionsAboutSourcesAreChecked) {
  const auto message = encode(look());
  EXPECT_EQ(error_of(with_u32(message, kBody, 2)), "unknown kind of resource or access");
  EXPECT_EQ(error_of(with_u32(message, kBody + 8, 1)), "message has the wrong length");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 1)), "reserved bytes are set");
  auto request = look();
  request.resource.source = "/home/../etc";
  EXPECT_EQ(error_of(encode(request)),
            "a resource's source must be an absolute path without detours, not \"/home/../etc\"");
  request.resource.source = "/" + std::string(kMaxSpecText, 'x');
  EXPECT_NE(error_of(encode(request)), "accepted");
}

TEST(Protocol, EventsComeBack) {
  Ready ready;
  ready.facilities.cgroups.layout = CgroupLayout::hybrid;
  ready.facilities.cgroups.place = "/sys/fs/cgroup/memory/fescue-7";
  ready.facilities.cgroups.why_missing(CgroupUse::cpu) = "not mounted";
  ready.facilities.no_containers = "no overlay";
  EXPECT_EQ(std::get<Ready>(*decode_event(encode(ready))).facilities, ready.facilities);
  EXPECT_EQ(std::get<Ready>(*decode_event(encode(Ready{}))).facilities, Facilities{});
  const auto started = std::get<Started>(*decode_event(encode(Started{4, 4711})));
  EXPECT_EQ(started.id, 4u);
  EXPECT_EQ(started.pid, 4711);
  const auto failed = std::get<StartFailed>(*decode_event(encode(StartFailed{5, Error(Code::not_found, "run /x")})));
  EXPECT_EQ(failed.id, 5u);
  EXPECT_EQ(failed.error, Error(Code::not_found, "run /x"));
  const auto rejected = std::get<Rejected>(*decode_event(encode(Rejected{1ull << 40, "no"})));
  EXPECT_EQ(rejected.total, 1ull << 40);
  EXPECT_EQ(rejected.reason, "no");
}

TEST(Protocol, ExitsComeBack) {
  const WorkerExit exit{.id = 6,
                        .cause = ExitCause::killed,
                        .signal = 9,
                        .peak_memory_kb = 5'000'000'000,
                        .cpu = std::chrono::microseconds(7'000'000'000),
                        .memory_limit_kb = 16384,
                        .memory_pressure = MemoryPressure::yes,
                        .memory_limit_hits = 6'000'000'000,
                        .memory_stalled = std::chrono::microseconds(8),
                        .processes_refused = 12,
                        .oom_kills = 3,
                        .refused_call = 165,
                        .refused_architecture = 0x40000003};
  const auto got = std::get<WorkerExit>(*decode_event(encode(exit)));
  EXPECT_EQ(encode(got), encode(exit));
  EXPECT_EQ(got.id, exit.id);
  EXPECT_EQ(got.cause, exit.cause);
  EXPECT_EQ(got.exit_code, exit.exit_code);
  EXPECT_EQ(got.signal, exit.signal);
  EXPECT_EQ(got.peak_memory_kb, exit.peak_memory_kb);
  EXPECT_EQ(got.cpu, exit.cpu);
  EXPECT_EQ(got.memory_limit_kb, exit.memory_limit_kb);
  EXPECT_EQ(got.memory_pressure, exit.memory_pressure);
  EXPECT_EQ(got.memory_limit_hits, exit.memory_limit_hits);
  EXPECT_EQ(got.memory_stalled, exit.memory_stalled);
  EXPECT_EQ(got.processes_refused, exit.processes_refused);
  EXPECT_EQ(got.oom_kills, exit.oom_kills);
  EXPECT_EQ(got.refused_call, exit.refused_call);
  EXPECT_EQ(got.refused_architecture, exit.refused_architecture);
}

TEST(Protocol, LongReasonsAreCut) {
  const auto failed = decode_event(encode(StartFailed{1, Error(Code::io, std::string(5000, 'x'))}));
  ASSERT_TRUE(failed);
  EXPECT_EQ(std::get<StartFailed>(*failed).error.message().size(), kMaxReason);
}

TEST(Protocol, NoPrefixAndNoExtensionIsAccepted) {
  for (const auto& message :
       {encode(example()), encode(contained()), encode(SignalRequest{1, 9}), encode(KillRequest{1}), encode(look())}) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      EXPECT_FALSE(decode_request(std::string_view(message).substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_request(message + '\0'));
  }
  for (const auto& message :
       {encode(Ready{}), encode(Started{1, 2}), encode(WorkerExit{}), encode(Looked{1, {1, 2, 3}}),
        encode(LookFailed{1, Error(Code::io, "why")}), encode(Rejected{1, "why"})}) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      EXPECT_FALSE(decode_event(std::string_view(message).substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_event(message + '\0'));
  }
}

TEST(Protocol, RequestsAreNoEvents) {
  EXPECT_EQ(decode_event(encode(KillRequest{1})).error().message(), "unknown event 3");
  EXPECT_EQ(error_of(encode(Ready{})), "unknown request 64");
}

TEST(Protocol, HeadIsChecked) {
  const auto message = encode(KillRequest{1});
  EXPECT_EQ(error_of(with_u32(message, 0, 0)), "not a message of this launcher's build");
  EXPECT_EQ(error_of(with_u32(message, 12, 1)), "message has the wrong length");
  EXPECT_EQ(error_of(with_u32(message, 4, 0x10003)), "reserved bytes are set");
}

TEST(Protocol, CountsAreChecked) {
  const auto message = encode(example());
  EXPECT_EQ(error_of(with_u32(message, kBody + 8, 0xffffffff)), "too many groups");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 0xffffffff)), "too many arguments");
  EXPECT_EQ(error_of(with_u32(message, kBody + 16, 0xffffffff)), "too many environment variables");
  EXPECT_EQ(error_of(with_u32(message, kBody + 24, 0xffffffff)), "the strings of the spec are too long");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 5)), "a string of the message has no end");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 3)), "bytes after the last string");
  EXPECT_EQ(error_of(with_u32(message, kBody + 16, 2)), "bytes after the last string");
  EXPECT_EQ(error_of(with_u32(message, kBody + 16, 4)), "a string of the message has no end");
  EXPECT_EQ(error_of(with_u32(message, kBody + 8, 1)), "message has the wrong length");
}

TEST(Protocol, LimitsAreChecked) {
  const auto message = encode(example());
  constexpr std::size_t kLimits = kBody + 36;
  EXPECT_EQ(error_of(with_u32(message, kLimits + 12, 10001)), "the CPU weight is above 10000");
  EXPECT_EQ(error_of(with_u32(message, kLimits + 16, 2)), "a flag is neither 0 nor 1");
  EXPECT_EQ(error_of(with_u32(message, kLimits + 20, 1)), "reserved bytes are set");
}

TEST(Protocol, ContainersAreChecked) {
  const auto message = encode(contained());
  constexpr std::size_t kContainer = kBody + 36 + 24 + 2 * 4;  // after body, limits and two groups
  EXPECT_EQ(error_of(with_u32(message, kBody + 20, 2)), "container is neither 0 nor 1");
  EXPECT_EQ(error_of(with_u32(message, kContainer + 8, 2)), "sysfs is neither 0 nor 1");
  EXPECT_EQ(error_of(with_u32(message, kContainer + 12, 33)), "too many resources");
  EXPECT_EQ(error_of(with_u32(message, kContainer + 16, 33)), "too many masks");
  EXPECT_EQ(error_of(with_u32(message, kContainer + 20, 1)), "reserved bytes are set");
  EXPECT_EQ(error_of(with_u32(message, kContainer + 24, 2)), "unknown kind of resource or access");
  const auto message_for = [](auto change) {
    auto spec = contained();
    change(*spec.container);
    const auto valid = validate(spec);
    return valid ? std::string("accepted") : valid.error().message();
  };
  EXPECT_EQ(message_for([](auto&) {}), "accepted");
  EXPECT_EQ(message_for([](auto& it) { it.scratch_kb = 0; }), "scratch space must be of 1 to 67108864 KB");
  EXPECT_EQ(message_for([](auto& it) { it.scratch_kb = kMaxScratchKb + 1; }),
            "scratch space must be of 1 to 67108864 KB");
  for (const char* path : {"", "/", "data", "/a//b", "/a/../b", "/a/..", "/a/.", "/a/", "/./a"}) {
    const auto error = " must be an absolute path without detours, not \"" + std::string(path) + "\"";
    EXPECT_EQ(message_for([&](auto& it) { it.resources[0].source = path; }), "a resource's source" + error);
    EXPECT_EQ(message_for([&](auto& it) { it.resources[0].destination = path; }), "a resource's destination" + error);
    EXPECT_EQ(message_for([&](auto& it) { it.masks[0] = path; }), "a mask" + error);
  }
  EXPECT_EQ(message_for([](auto& it) { it.resources[1].destination = "/dev/ttyS1"; }),
            "a device is at the same path inside: /dev/ttyS0");
  EXPECT_EQ(message_for([](auto& it) { it.masks[0] = std::string("/a\0b", 4); }), "a mask must not hold a NUL byte");
}

TEST(Protocol, SignalNumbersAreChecked) {
  EXPECT_EQ(error_of(encode(SignalRequest{1, 0})), "there is no signal 0");
  EXPECT_EQ(error_of(encode(SignalRequest{1, -9})), "there is no signal -9");
  EXPECT_EQ(error_of(encode(SignalRequest{1, 65})), "there is no signal 65");
}

TEST(Protocol, EventFieldsAreChecked) {
  EXPECT_FALSE(decode_event(encode(Started{1, 0})));
  EXPECT_FALSE(decode_event(encode(Started{1, -5})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.exit_code = 256})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.signal = 70})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.cause = static_cast<ExitCause>(77)})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.cpu = std::chrono::microseconds(-1)})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.memory_stalled = std::chrono::microseconds(-1)})));
  EXPECT_FALSE(decode_event(encode(WorkerExit{.refused_call = -2})));
  EXPECT_FALSE(decode_event(with_u32(encode(WorkerExit{}), kBody + 12, 2)));
  EXPECT_FALSE(decode_event(with_u32(encode(WorkerExit{}), encode(WorkerExit{}).size() - 4, 1)));
  EXPECT_FALSE(decode_event(with_u32(encode(Ready{}), kBody, 4)));
}

TEST(Protocol, SpecsAreValidated) {
  const auto message_for = [](auto change) {
    auto spec = example();
    change(spec);
    const auto valid = validate(spec);
    return valid ? std::string("accepted") : valid.error().message();
  };
  EXPECT_EQ(message_for([](auto&) {}), "accepted");
  EXPECT_EQ(message_for([](auto& spec) { spec.program = "python3"; }), "program must be an absolute path: \"python3\"");
  EXPECT_EQ(message_for([](auto& spec) { spec.program = std::string("/a\0b", 4); }),
            "program must not hold a NUL byte");
  EXPECT_EQ(message_for([](auto& spec) { spec.arguments.clear(); }), "arguments must begin with argv[0]");
  EXPECT_EQ(message_for([](auto& spec) { spec.arguments[1] = std::string(1, '\0'); }),
            "arguments must not hold a NUL byte");
  EXPECT_EQ(message_for([](auto& spec) { spec.environment[0] = "A"; }), "environment entry is not NAME=value");
  EXPECT_EQ(message_for([](auto& spec) { spec.environment[0] = "=A"; }), "environment entry is not NAME=value");
  EXPECT_EQ(message_for([](auto& spec) { spec.groups.resize(kMaxGroups + 1); }), "too many groups");
  EXPECT_EQ(message_for([](auto& spec) { spec.arguments.resize(kMaxArguments + 1); }), "too many arguments");
  EXPECT_EQ(message_for([](auto& spec) { spec.environment.assign(kMaxEnvironment + 1, "A="); }),
            "too many environment variables");
}

TEST(Protocol, TheLargestSpecFitsAMessage) {
  auto spec = example();
  spec.groups.resize(kMaxGroups);
  spec.arguments = {"a"};
  spec.environment = {"A="};
  spec.environment[0].resize(kMaxSpecText - spec.program.size() - 1 - 2 - 1, 'x');
  spec.environment[0][1] = '=';
  ASSERT_TRUE(validate(spec));
  const auto message = encode(spec);
  EXPECT_LE(message.size(), kMaxMessage);
  EXPECT_TRUE(decode_request(message));
  spec.environment[0] += 'x';
  EXPECT_EQ(validate(spec).error().code(), Code::too_large);
}

TEST(Spec, ExitsAreDescribedInTheWordsOfTheLog) {
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::exited, .exit_code = 1}), "exit status 1");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::killed, .signal = 9}), "signal: killed");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::signalled, .signal = 11}), "signal: segmentation fault (SIGSEGV)");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::lost}), "lost");
}

TEST(Spec, WhatIsKnownOfTheReasonFollows) {
  WorkerExit exit{.cause = ExitCause::out_of_memory, .signal = 9, .peak_memory_kb = 16380, .memory_limit_kb = 16384};
  EXPECT_EQ(describe(exit), "signal: killed (out of memory: the limit is 16384 KB)");
  exit.peak_memory_kb = 9000;
  EXPECT_EQ(describe(exit), "signal: killed (out of memory: the host had none left; it used 9000 KB)");
  exit = {.cause = ExitCause::killed,
          .signal = 9,
          .memory_limit_kb = 16384,
          .memory_pressure = MemoryPressure::yes,
          .memory_limit_hits = 100};
  EXPECT_EQ(describe(exit), "signal: killed (memory pressure: it spun at its limit of 16384 KB)");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::seccomp, .signal = 31, .refused_call = 165}),
            "signal: bad system call (forbidden system call mount)");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::seccomp, .signal = 31}),
            "signal: bad system call (forbidden system call)");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::exited, .exit_code = 1, .processes_refused = 3}),
            "exit status 1 (its limit of processes refused 3)");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::exited, .exit_code = 1, .refused_call = 100'000}),
            "exit status 1 (it was refused the system call 100000)");
  EXPECT_EQ(describe(WorkerExit{
                .cause = ExitCause::seccomp, .signal = 31, .refused_call = 1, .refused_architecture = AUDIT_ARCH_PPC}),
            "signal: bad system call (forbidden system call exit (of another architecture))");
}

TEST(Spec, AGoodEndNeedsNoReason) {
  const WorkerExit exit{.cause = ExitCause::exited, .memory_pressure = MemoryPressure::yes, .processes_refused = 1};
  EXPECT_EQ(describe(exit), "exit status 0");
}

}  // namespace
}  // namespace fescue
