#include "sandbox/protocol.h"

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
  return spec;
}

/// Offsets in a start message: the head has 16 bytes, the body six u32.
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

TEST(Protocol, EventsComeBack) {
  EXPECT_TRUE(std::holds_alternative<Ready>(*decode_event(encode(Ready{}))));
  const auto started = std::get<Started>(*decode_event(encode(Started{4, 4711})));
  EXPECT_EQ(started.id, 4u);
  EXPECT_EQ(started.pid, 4711);
  const auto failed = std::get<StartFailed>(*decode_event(encode(StartFailed{5, Error(Code::not_found, "run /x")})));
  EXPECT_EQ(failed.id, 5u);
  EXPECT_EQ(failed.error, Error(Code::not_found, "run /x"));
  const auto rejected = std::get<Rejected>(*decode_event(encode(Rejected{1ull << 40, "no"})));
  EXPECT_EQ(rejected.total, 1ull << 40);
  EXPECT_EQ(rejected.reason, "no");
  const WorkerExit exit{6, ExitCause::killed, 0, 9, 5'000'000'000, std::chrono::microseconds(7'000'000'000)};
  const auto got = std::get<WorkerExit>(*decode_event(encode(exit)));
  EXPECT_EQ(got.id, exit.id);
  EXPECT_EQ(got.cause, exit.cause);
  EXPECT_EQ(got.exit_code, exit.exit_code);
  EXPECT_EQ(got.signal, exit.signal);
  EXPECT_EQ(got.peak_memory_kb, exit.peak_memory_kb);
  EXPECT_EQ(got.cpu, exit.cpu);
}

TEST(Protocol, LongReasonsAreCut) {
  const auto failed = decode_event(encode(StartFailed{1, Error(Code::io, std::string(5000, 'x'))}));
  ASSERT_TRUE(failed);
  EXPECT_EQ(std::get<StartFailed>(*failed).error.message().size(), kMaxReason);
}

TEST(Protocol, NoPrefixAndNoExtensionIsAccepted) {
  for (const auto& message : {encode(example()), encode(SignalRequest{1, 9}), encode(KillRequest{1})}) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      EXPECT_FALSE(decode_request(std::string_view(message).substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_request(message + '\0'));
  }
  for (const auto& message : {encode(Started{1, 2}), encode(WorkerExit{}), encode(Rejected{1, "why"})}) {
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
  EXPECT_EQ(error_of(with_u32(message, kBody + 20, 0xffffffff)), "program, arguments and environment are too long");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 5)), "a string of the message has no end");
  EXPECT_EQ(error_of(with_u32(message, kBody + 12, 3)), "bytes after the last string");
  EXPECT_EQ(error_of(with_u32(message, kBody + 16, 2)), "bytes after the last string");
  EXPECT_EQ(error_of(with_u32(message, kBody + 16, 4)), "a string of the message has no end");
  EXPECT_EQ(error_of(with_u32(message, kBody + 8, 1)), "message has the wrong length");
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
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::signalled, .signal = 11}), "signal: segmentation fault");
  EXPECT_EQ(describe(WorkerExit{.cause = ExitCause::lost}), "lost");
}

}  // namespace
}  // namespace fescue
