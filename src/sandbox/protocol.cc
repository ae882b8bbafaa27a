#include "sandbox/protocol.h"

#include <csignal>
#include <cstring>
#include <type_traits>

namespace fescue {

namespace {

constexpr std::uint32_t kMagic = 0x3143534c;

enum class Verb : std::uint16_t {
  start = 1,
  signal = 2,
  kill = 3,
  stop_all = 4,
  ready = 64,
  started = 65,
  start_failed = 66,
  exited = 67,
  rejected = 68,
};

struct Head {
  std::uint32_t magic;
  Verb verb;
  std::uint16_t zero;
  std::uint32_t id;
  std::uint32_t following;
};
struct StartBody {
  std::uint32_t uid, gid, groups, arguments, environment, text;
};
struct SignalBody {
  std::int32_t number;
};
struct StartedBody {
  std::int32_t pid;
};
struct FailedBody {
  std::uint32_t code, text;
};
struct ExitedBody {
  std::uint32_t cause;
  std::int32_t exit_code, signal;
  std::uint32_t zero;
  std::uint64_t peak_memory_kb, cpu_microseconds;
};
struct RejectedBody {
  std::uint64_t total;
  std::uint32_t zero, text;
};

/// Layouts have no padding: nothing of this process's memory leaves by accident.
template <class Layout>
concept Plain = std::has_unique_object_representations_v<Layout>;

template <Plain Layout>
void append(std::string& out, const Layout& layout) {
  out.append(reinterpret_cast<const char*>(&layout), sizeof layout);
}

std::string message(Verb verb, LaunchId id, std::string_view following = {}) {
  std::string out;
  out.reserve(sizeof(Head) + following.size());
  append(out, Head{kMagic, verb, 0, id, static_cast<std::uint32_t>(following.size())});
  out += following;
  return out;
}

template <Plain Body>
std::string message(Verb verb, LaunchId id, const Body& body, std::string_view text = {}) {
  std::string following;
  following.reserve(sizeof body + text.size());
  append(following, body);
  following += text;
  return message(verb, id, following);
}

Error malformed(std::string_view what) { return Error(Code::invalid_argument, std::string(what)); }

/// Takes a message apart from the front.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <Plain Layout>
  Result<Layout> take() {
    if (rest_.size() < sizeof(Layout)) return malformed("message is too short");
    Layout layout;
    std::memcpy(&layout, rest_.data(), sizeof layout);
    rest_.remove_prefix(sizeof layout);
    return layout;
  }

  /// The last part of a message: exactly `size` bytes.
  Result<std::string_view> take_rest(std::size_t size) {
    if (rest_.size() != size) return malformed("message has the wrong length");
    return std::exchange(rest_, {});
  }

  Result<std::string> take_string() {
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) return malformed("a string of the message has no end");
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  Result<std::vector<std::string>> take_strings(std::size_t count) {
    std::vector<std::string> strings;
    strings.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      FESCUE_TRY(text, take_string());
      strings.push_back(std::move(text));
    }
    return strings;
  }

  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

Result<Head> take_head(Reader& reader) {
  FESCUE_TRY(head, reader.take<Head>());
  if (head.magic != kMagic) return malformed("not a message of this launcher's build");
  if (head.zero != 0) return malformed("reserved bytes are set");
  if (head.following != reader.left()) return malformed("message has the wrong length");
  return head;
}

Result<WorkerSpec> take_start(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<StartBody>());
  if (body.groups > kMaxGroups) return Error(Code::too_large, "too many groups");
  if (body.arguments > kMaxArguments) return Error(Code::too_large, "too many arguments");
  if (body.environment > kMaxEnvironment) return Error(Code::too_large, "too many environment variables");
  if (body.text > kMaxSpecText) return Error(Code::too_large, "program, arguments and environment are too long");

  WorkerSpec spec;
  spec.id = id;
  spec.uid = body.uid;
  spec.gid = body.gid;
  for (std::uint32_t i = 0; i < body.groups; ++i) {
    FESCUE_TRY(gid, reader.take<std::uint32_t>());
    spec.groups.push_back(gid);
  }
  FESCUE_TRY(text, reader.take_rest(body.text));
  Reader strings(text);
  FESCUE_TRY(program, strings.take_string());
  FESCUE_TRY(arguments, strings.take_strings(body.arguments));
  FESCUE_TRY(environment, strings.take_strings(body.environment));
  if (strings.left() != 0) return malformed("bytes after the last string");
  spec.program = std::move(program);
  spec.arguments = std::move(arguments);
  spec.environment = std::move(environment);
  FESCUE_CHECK(validate(spec));
  return spec;
}

Result<SignalRequest> take_signal(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<SignalBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.number < 1 || body.number >= NSIG) {
    return malformed("there is no signal " + std::to_string(body.number));
  }
  return SignalRequest{id, body.number};
}

Result<Started> take_started(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<StartedBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.pid <= 0) return malformed("a pid is not positive");
  return Started{id, body.pid};
}

Result<StartFailed> take_start_failed(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<FailedBody>());
  FESCUE_TRY(text, reader.take_rest(body.text));
  if (body.code > static_cast<std::uint32_t>(Code::internal)) return malformed("unknown error code");
  if (text.size() > kMaxReason) return Error(Code::too_large, "reason is too long");
  return StartFailed{id, Error(static_cast<Code>(body.code), std::string(text))};
}

Result<WorkerExit> take_exited(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<ExitedBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.cause > static_cast<std::uint32_t>(ExitCause::lost)) return malformed("unknown exit cause");
  if (body.signal < 0 || body.signal >= NSIG) return malformed("unknown signal");
  if (body.exit_code < 0 || body.exit_code > 255) return malformed("exit code out of range");
  if (body.zero != 0) return malformed("reserved bytes are set");
  constexpr std::uint64_t kCentury = 100ull * 366 * 86400 * 1000000;
  if (body.cpu_microseconds > kCentury) return malformed("CPU time out of range");
  const std::chrono::microseconds cpu(static_cast<std::int64_t>(body.cpu_microseconds));
  return WorkerExit{id, static_cast<ExitCause>(body.cause), body.exit_code, body.signal, body.peak_memory_kb, cpu};
}

Result<Rejected> take_rejected(Reader& reader) {
  FESCUE_TRY(body, reader.take<RejectedBody>());
  FESCUE_TRY(text, reader.take_rest(body.text));
  if (text.size() > kMaxReason) return Error(Code::too_large, "reason is too long");
  if (body.zero != 0) return malformed("reserved bytes are set");
  return Rejected{body.total, std::string(text)};
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// Bytes of the list on the wire, or an error if a string would end early there.
Result<std::size_t> text_size(std::string_view what, const std::vector<std::string>& strings) {
  std::size_t size = 0;
  for (const auto& text : strings) {
    if (has_nul(text)) return malformed(std::string(what) + " must not hold a NUL byte");
    size += text.size() + 1;
  }
  return size;
}

std::string_view cut(std::string_view reason) { return reason.substr(0, kMaxReason); }

}  // namespace

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
  FESCUE_TRY(arguments, text_size("arguments", spec.arguments));
  FESCUE_TRY(environment, text_size("environment", spec.environment));
  if (spec.program.size() + 1 + arguments + environment > kMaxSpecText) {
    return Error(Code::too_large,
                 "program, arguments and environment are longer than " + std::to_string(kMaxSpecText) + " bytes");
  }
  return ok();
}

std::string encode(const WorkerSpec& spec) {
  std::string text = spec.program + '\0';
  for (const auto& argument : spec.arguments) text += argument + '\0';
  for (const auto& variable : spec.environment) text += variable + '\0';

  std::string following;
  const auto u32 = [](std::size_t number) { return static_cast<std::uint32_t>(number); };
  append(following, StartBody{spec.uid, spec.gid, u32(spec.groups.size()), u32(spec.arguments.size()),
                              u32(spec.environment.size()), u32(text.size())});
  for (const gid_t gid : spec.groups) append(following, std::uint32_t{gid});
  following += text;
  return message(Verb::start, spec.id, following);
}

std::string encode(const SignalRequest& request) {
  return message(Verb::signal, request.id, SignalBody{request.number});
}
std::string encode(const KillRequest& request) { return message(Verb::kill, request.id); }
std::string encode(const StopAllRequest&) { return message(Verb::stop_all, 0); }

Result<LauncherRequest> decode_request(std::string_view bytes) {
  if (bytes.size() > kMaxMessage) return Error(Code::too_large, "message is too long");
  Reader reader(bytes);
  FESCUE_TRY(head, take_head(reader));
  switch (head.verb) {
    case Verb::start: {
      FESCUE_TRY(spec, take_start(reader, head.id));
      return LauncherRequest(std::move(spec));
    }
    case Verb::signal: {
      FESCUE_TRY(request, take_signal(reader, head.id));
      return LauncherRequest(request);
    }
    case Verb::kill:
      FESCUE_CHECK(reader.take_rest(0));
      return LauncherRequest(KillRequest{head.id});
    case Verb::stop_all:
      FESCUE_CHECK(reader.take_rest(0));
      return LauncherRequest(StopAllRequest{});
    default:
      return malformed("unknown request " + std::to_string(static_cast<unsigned>(head.verb)));
  }
}

std::string encode(const Ready&) { return message(Verb::ready, 0); }
std::string encode(const Started& event) { return message(Verb::started, event.id, StartedBody{event.pid}); }

std::string encode(const StartFailed& event) {
  const auto text = cut(event.error.message());
  const FailedBody body{static_cast<std::uint32_t>(event.error.code()), static_cast<std::uint32_t>(text.size())};
  return message(Verb::start_failed, event.id, body, text);
}

std::string encode(const WorkerExit& event) {
  return message(Verb::exited, event.id,
                 ExitedBody{static_cast<std::uint32_t>(event.cause), event.exit_code, event.signal, 0,
                            event.peak_memory_kb, static_cast<std::uint64_t>(event.cpu.count())});
}

std::string encode(const Rejected& event) {
  const auto text = cut(event.reason);
  return message(Verb::rejected, 0, RejectedBody{event.total, 0, static_cast<std::uint32_t>(text.size())}, text);
}

Result<LauncherEvent> decode_event(std::string_view bytes) {
  if (bytes.size() > kMaxMessage) return Error(Code::too_large, "message is too long");
  const auto as_event = [](auto&& decoded) -> Result<LauncherEvent> {
    if (!decoded) return std::move(decoded).error();
    return LauncherEvent(std::move(*decoded));
  };
  Reader reader(bytes);
  FESCUE_TRY(head, take_head(reader));
  switch (head.verb) {
    case Verb::ready:
      FESCUE_CHECK(reader.take_rest(0));
      return LauncherEvent(Ready{});
    case Verb::started:
      return as_event(take_started(reader, head.id));
    case Verb::start_failed:
      return as_event(take_start_failed(reader, head.id));
    case Verb::exited:
      return as_event(take_exited(reader, head.id));
    case Verb::rejected:
      return as_event(take_rejected(reader));
    default:
      return malformed("unknown event " + std::to_string(static_cast<unsigned>(head.verb)));
  }
}

}  // namespace fescue
