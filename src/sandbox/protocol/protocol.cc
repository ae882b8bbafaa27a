// Encoding and decoding of each message; every count and length is checked before it is believed.
#include "sandbox/protocol/protocol.h"

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
  look = 5,
  ready = 64,
  started = 65,
  start_failed = 66,
  exited = 67,
  rejected = 68,
  looked = 69,
  look_failed = 70,
};

struct Head {
  std::uint32_t magic;
  Verb verb;
  std::uint16_t zero;
  std::uint32_t id;
  std::uint32_t following;
};
struct StartBody {
  std::uint32_t uid, gid, groups, arguments, environment, container, text, connection;
};
struct ContainerBody {
  std::uint64_t scratch_kb;
  std::uint32_t sysfs, resources, masks, zero;
};
struct ResourceBody {
  std::uint32_t kind, access;
};
struct LookBody {
  std::uint32_t kind, access, text, zero;
};
struct LookedBody {
  std::uint32_t uid, gid, mode, zero;
};
struct LimitsBody {
  std::uint64_t memory_kb;
  std::uint32_t processes, cpu_weight, required, zero;
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
struct ReadyBody {
  std::uint32_t layout, text;
};
struct ExitedBody {
  std::uint32_t cause;
  std::int32_t exit_code, signal;
  std::uint32_t memory_pressure;
  std::uint64_t peak_memory_kb, cpu_microseconds, memory_limit_kb, memory_limit_hits, stalled_microseconds;
  std::uint64_t processes_refused;
  std::uint32_t oom_kills;
  std::int32_t refused_call;
  std::uint32_t refused_architecture, zero;
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

Result<WorkerLimits> take_limits(Reader& reader) {
  FESCUE_TRY(body, reader.take<LimitsBody>());
  if (body.required > 1) return malformed("a flag is neither 0 nor 1");
  if (body.zero != 0) return malformed("reserved bytes are set");
  return WorkerLimits{body.memory_kb, body.processes, body.cpu_weight, LimitsRequired(body.required == 1)};
}

Result<ContainerSpec> take_container(Reader& reader) {
  FESCUE_TRY(body, reader.take<ContainerBody>());
  if (body.sysfs > 1) return malformed("sysfs is neither 0 nor 1");
  if (body.resources > kMaxResources) return Error(Code::too_large, "too many resources");
  if (body.masks > kMaxMasks) return Error(Code::too_large, "too many masks");
  if (body.zero != 0) return malformed("reserved bytes are set");
  ContainerSpec container;
  container.scratch_kb = body.scratch_kb;
  container.sysfs = Sysfs(body.sysfs == 1);
  container.masks.resize(body.masks);
  for (std::uint32_t i = 0; i < body.resources; ++i) {
    FESCUE_TRY(resource, reader.take<ResourceBody>());
    if (resource.kind > 1 || resource.access > 1) return malformed("unknown kind of resource or access");
    container.resources.push_back({.kind = static_cast<HostResource::Kind>(resource.kind),
                                   .access = static_cast<HostResource::Access>(resource.access),
                                   .source = {},
                                   .destination = {},
                                   .mount = {}});
  }
  return container;
}

Result<void> take_texts(Reader& strings, WorkerSpec& spec, const StartBody& body) {
  FESCUE_TRY(program, strings.take_string());
  FESCUE_TRY(arguments, strings.take_strings(body.arguments));
  FESCUE_TRY(environment, strings.take_strings(body.environment));
  spec.program = std::move(program);
  spec.arguments = std::move(arguments);
  spec.environment = std::move(environment);
  if (spec.container) {
    for (auto& resource : spec.container->resources) {
      FESCUE_TRY(source, strings.take_string());
      FESCUE_TRY(destination, strings.take_string());
      resource.source = std::move(source);
      resource.destination = std::move(destination);
    }
    FESCUE_TRY(masks, strings.take_strings(spec.container->masks.size()));
    spec.container->masks = std::move(masks);
  }
  if (strings.left() != 0) return malformed("bytes after the last string");
  return ok();
}

Result<WorkerSpec> take_start(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<StartBody>());
  if (body.groups > kMaxGroups) return Error(Code::too_large, "too many groups");
  if (body.arguments > kMaxArguments) return Error(Code::too_large, "too many arguments");
  if (body.environment > kMaxEnvironment) return Error(Code::too_large, "too many environment variables");
  if (body.container > 1) return malformed("container is neither 0 nor 1");
  if (body.text > kMaxSpecText) return Error(Code::too_large, "the strings of the spec are too long");
  if (body.connection > static_cast<std::uint32_t>(ConnectionPlace::own_and_input))
    return malformed("unknown place of the connection");

  WorkerSpec spec;
  spec.id = id;
  spec.uid = body.uid;
  spec.gid = body.gid;
  spec.connection_place = static_cast<ConnectionPlace>(body.connection);
  FESCUE_TRY(limits, take_limits(reader));
  spec.limits = limits;
  for (std::uint32_t i = 0; i < body.groups; ++i) {
    FESCUE_TRY(gid, reader.take<std::uint32_t>());
    spec.groups.push_back(gid);
  }
  if (body.container == 1) {
    FESCUE_TRY(container, take_container(reader));
    spec.container = std::move(container);
  }
  FESCUE_TRY(text, reader.take_rest(body.text));
  Reader strings(text);
  FESCUE_CHECK(take_texts(strings, spec, body));
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

Result<LookRequest> take_look(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<LookBody>());
  if (body.kind > 1 || body.access > 1) return malformed("unknown kind of resource or access");
  if (body.zero != 0) return malformed("reserved bytes are set");
  if (body.text > kMaxSpecText) return Error(Code::too_large, "the paths are too long");
  FESCUE_TRY(text, reader.take_rest(body.text));
  Reader strings(text);
  LookRequest request{id, {}};
  request.resource.kind = static_cast<HostResource::Kind>(body.kind);
  request.resource.access = static_cast<HostResource::Access>(body.access);
  FESCUE_TRY(source, strings.take_string());
  FESCUE_TRY(destination, strings.take_string());
  if (strings.left() != 0) return malformed("bytes after the last string");
  request.resource.source = std::move(source);
  request.resource.destination = std::move(destination);
  FESCUE_CHECK(validate(request.resource));
  return request;
}

Result<Looked> take_looked(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<LookedBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.zero != 0) return malformed("reserved bytes are set");
  return Looked{id, {body.uid, body.gid, body.mode}};
}

Result<Started> take_started(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<StartedBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.pid <= 0) return malformed("a pid is not positive");
  return Started{id, body.pid};
}

Result<void> take_failure(Reader& reader, Error& failure) {
  FESCUE_TRY(body, reader.take<FailedBody>());
  FESCUE_TRY(text, reader.take_rest(body.text));
  if (body.code > static_cast<std::uint32_t>(Code::internal)) return malformed("unknown error code");
  if (text.size() > kMaxReason) return Error(Code::too_large, "reason is too long");
  failure = Error(static_cast<Code>(body.code), std::string(text));
  return ok();
}

template <class Failed>
Result<Failed> take_failed(Reader& reader, LaunchId id) {
  Failed event{id, {}};
  FESCUE_CHECK(take_failure(reader, event.error));
  return event;
}

Result<Ready> take_ready(Reader& reader) {
  FESCUE_TRY(body, reader.take<ReadyBody>());
  if (body.layout > static_cast<std::uint32_t>(CgroupLayout::hybrid)) return malformed("unknown cgroup layout");
  FESCUE_TRY(text, reader.take_rest(body.text));
  Reader strings(text);
  Ready ready;
  CgroupFacilities& cgroups = ready.facilities.cgroups;
  cgroups.layout = static_cast<CgroupLayout>(body.layout);
  FESCUE_TRY(place, strings.take_string());
  cgroups.place = std::move(place);
  for (std::string& reason : cgroups.missing) {
    FESCUE_TRY(why, strings.take_string());
    reason = std::move(why);
  }
  FESCUE_TRY(no_containers, strings.take_string());
  ready.facilities.no_containers = std::move(no_containers);
  if (strings.left() != 0) return malformed("bytes after the last string");
  return ready;
}

Result<std::chrono::microseconds> as_duration(std::uint64_t microseconds) {
  constexpr std::uint64_t kCentury = 100ull * 366 * 86400 * 1000000;
  if (microseconds > kCentury) return malformed("a time is out of range");
  return std::chrono::microseconds(static_cast<std::int64_t>(microseconds));
}

Result<WorkerExit> take_exited(Reader& reader, LaunchId id) {
  FESCUE_TRY(body, reader.take<ExitedBody>());
  FESCUE_CHECK(reader.take_rest(0));
  if (body.cause > static_cast<std::uint32_t>(ExitCause::lost)) return malformed("unknown exit cause");
  if (body.signal < 0 || body.signal >= NSIG) return malformed("unknown signal");
  if (body.exit_code < 0 || body.exit_code > 255) return malformed("exit code out of range");
  if (body.memory_pressure > 1) return malformed("a flag is neither 0 nor 1");
  if (body.zero != 0) return malformed("reserved bytes are set");
  if (body.refused_call < kNoCall) return malformed("a system call has a negative number");
  FESCUE_TRY(cpu, as_duration(body.cpu_microseconds));
  FESCUE_TRY(stalled, as_duration(body.stalled_microseconds));
  return WorkerExit{.id = id,
                    .cause = static_cast<ExitCause>(body.cause),
                    .exit_code = body.exit_code,
                    .signal = body.signal,
                    .peak_memory_kb = body.peak_memory_kb,
                    .cpu = cpu,
                    .memory_limit_kb = body.memory_limit_kb,
                    .memory_pressure = MemoryPressure(body.memory_pressure == 1),
                    .memory_limit_hits = body.memory_limit_hits,
                    .memory_stalled = stalled,
                    .processes_refused = body.processes_refused,
                    .oom_kills = body.oom_kills,
                    .refused_call = body.refused_call,
                    .refused_architecture = body.refused_architecture};
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

/// Absolute, and spelled in the one way that has no detours; `/` itself is nobody's resource, destination or mask.
Result<void> check_path(std::string_view what, const std::string& path) {
  if (has_nul(path)) return malformed(std::string(what) + " must not hold a NUL byte");
  const std::string framed = path + '/';
  const auto has = [&](std::string_view part) { return framed.find(part) != std::string::npos; };
  if (path.size() < 2 || path[0] != '/' || has("//") || has("/./") || has("/../")) {
    return malformed(std::string(what) + " must be an absolute path without detours, not \"" + path + "\"");
  }
  return ok();
}

Result<void> check_resource(const HostResource& resource) {
  FESCUE_CHECK(check_path("a resource's source", resource.source));
  FESCUE_CHECK(check_path("a resource's destination", resource.destination));
  if (resource.kind == HostResource::Kind::device && resource.source != resource.destination) {
    return malformed("a device is at the same path inside: " + resource.source);
  }
  return ok();
}

Result<void> validate(const ContainerSpec& container) {
  if (container.scratch_kb == 0 || container.scratch_kb > kMaxScratchKb) {
    return malformed("scratch space must be of 1 to " + std::to_string(kMaxScratchKb) + " KB");
  }
  if (container.resources.size() > kMaxResources) return Error(Code::too_large, "too many resources");
  if (container.masks.size() > kMaxMasks) return Error(Code::too_large, "too many masks");
  for (const auto& resource : container.resources) FESCUE_CHECK(check_resource(resource));
  for (const auto& mask : container.masks) FESCUE_CHECK(check_path("a mask", mask));
  return ok();
}

std::size_t text_size(const ContainerSpec& container) {
  std::size_t size = 0;
  for (const auto& resource : container.resources) size += resource.source.size() + resource.destination.size() + 2;
  for (const auto& mask : container.masks) size += mask.size() + 1;
  return size;
}

std::string_view cut(std::string_view reason) { return reason.substr(0, kMaxReason); }

std::string failure(Verb verb, LaunchId id, const Error& error) {
  const auto text = cut(error.message());
  const FailedBody body{static_cast<std::uint32_t>(error.code()), static_cast<std::uint32_t>(text.size())};
  return message(verb, id, body, text);
}

std::uint32_t u32(std::size_t number) { return static_cast<std::uint32_t>(number); }

void append(std::string& out, const ContainerSpec& container) {
  append(out, ContainerBody{container.scratch_kb, container.sysfs ? 1u : 0u, u32(container.resources.size()),
                            u32(container.masks.size()), 0});
  for (const auto& resource : container.resources) {
    append(out, ResourceBody{static_cast<std::uint32_t>(resource.kind), static_cast<std::uint32_t>(resource.access)});
  }
}

std::string text_of(const WorkerSpec& spec) {
  std::string text = spec.program + '\0';
  for (const auto& argument : spec.arguments) text += argument + '\0';
  for (const auto& variable : spec.environment) text += variable + '\0';
  if (!spec.container) return text;
  for (const auto& resource : spec.container->resources) {
    text += resource.source + '\0' + resource.destination + '\0';
  }
  for (const auto& mask : spec.container->masks) text += mask + '\0';
  return text;
}

}  // namespace

Result<void> validate(const HostResource& resource) {
  FESCUE_CHECK(check_resource(resource));
  if (resource.source.size() + resource.destination.size() + 2 <= kMaxSpecText) return ok();
  return Error(Code::too_large, "the paths are too long");
}

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
  if (spec.limits.cpu_weight > kMaxCpuWeight) return malformed("the CPU weight is above 10000");
  FESCUE_TRY(arguments, text_size("arguments", spec.arguments));
  FESCUE_TRY(environment, text_size("environment", spec.environment));
  if (spec.container) FESCUE_CHECK(validate(*spec.container));
  const std::size_t container = spec.container ? text_size(*spec.container) : 0;
  if (spec.program.size() + 1 + arguments + environment + container > kMaxSpecText) {
    return Error(Code::too_large, "program, arguments, environment and paths are longer than " +
                                      std::to_string(kMaxSpecText) + " bytes");
  }
  return ok();
}

std::string encode(const WorkerSpec& spec) {
  const std::string text = text_of(spec);
  std::string following;
  append(following, StartBody{spec.uid, spec.gid, u32(spec.groups.size()), u32(spec.arguments.size()),
                              u32(spec.environment.size()), spec.container ? 1u : 0u, u32(text.size()),
                              static_cast<std::uint32_t>(spec.connection_place)});
  append(following, LimitsBody{spec.limits.memory_kb, spec.limits.processes, spec.limits.cpu_weight,
                               spec.limits.required ? 1u : 0u, 0});
  for (const gid_t gid : spec.groups) append(following, std::uint32_t{gid});
  if (spec.container) append(following, *spec.container);
  following += text;
  return message(Verb::start, spec.id, following);
}

std::string encode(const SignalRequest& request) {
  return message(Verb::signal, request.id, SignalBody{request.number});
}
std::string encode(const KillRequest& request) { return message(Verb::kill, request.id); }
std::string encode(const StopAllRequest&) { return message(Verb::stop_all, 0); }

std::string encode(const LookRequest& request) {
  const HostResource& resource = request.resource;
  const std::string text = resource.source + '\0' + resource.destination + '\0';
  return message(Verb::look, request.id,
                 LookBody{static_cast<std::uint32_t>(resource.kind), static_cast<std::uint32_t>(resource.access),
                          u32(text.size()), 0},
                 text);
}

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
    case Verb::look: {
      FESCUE_TRY(request, take_look(reader, head.id));
      return LauncherRequest(std::move(request));
    }
    default:
      return malformed("unknown request " + std::to_string(static_cast<unsigned>(head.verb)));
  }
}

std::string encode(const Ready& event) {
  const CgroupFacilities& cgroups = event.facilities.cgroups;
  std::string text = std::string(cut(cgroups.place)) + '\0';
  for (const std::string& reason : cgroups.missing) text += std::string(cut(reason)) + '\0';
  text += std::string(cut(event.facilities.no_containers)) + '\0';
  const ReadyBody body{static_cast<std::uint32_t>(cgroups.layout), static_cast<std::uint32_t>(text.size())};
  return message(Verb::ready, 0, body, text);
}

std::string encode(const Started& event) { return message(Verb::started, event.id, StartedBody{event.pid}); }

std::string encode(const StartFailed& event) { return failure(Verb::start_failed, event.id, event.error); }

std::string encode(const Looked& event) {
  return message(Verb::looked, event.id, LookedBody{event.status.uid, event.status.gid, event.status.mode, 0});
}

std::string encode(const LookFailed& event) { return failure(Verb::look_failed, event.id, event.error); }

std::string encode(const WorkerExit& event) {
  const auto u64 = [](std::chrono::microseconds time) { return static_cast<std::uint64_t>(time.count()); };
  return message(
      Verb::exited, event.id,
      ExitedBody{static_cast<std::uint32_t>(event.cause), event.exit_code, event.signal,
                 event.memory_pressure ? 1u : 0u, event.peak_memory_kb, u64(event.cpu), event.memory_limit_kb,
                 event.memory_limit_hits, u64(event.memory_stalled), event.processes_refused, event.oom_kills,
                 event.refused_call, event.refused_architecture, 0});
}

std::string encode(const Rejected& event) {
  const auto text = cut(event.reason);
  return message(Verb::rejected, 0, RejectedBody{event.total, 0, static_cast<std::uint32_t>(text.size())}, text);
}

Result<LauncherEvent> decode_event(std::string_view bytes) {
  if (bytes.size() > kMaxMessage) return Error(Code::too_large, "message is too long");
  const auto as_event = [](auto decoded) -> Result<LauncherEvent> {
    if (!decoded) return std::move(decoded).error();
    return LauncherEvent(std::move(*decoded));
  };
  Reader reader(bytes);
  FESCUE_TRY(head, take_head(reader));
  switch (head.verb) {
    case Verb::ready:
      return as_event(take_ready(reader));
    case Verb::started:
      return as_event(take_started(reader, head.id));
    case Verb::start_failed:
      return as_event(take_failed<StartFailed>(reader, head.id));
    case Verb::exited:
      return as_event(take_exited(reader, head.id));
    case Verb::looked:
      return as_event(take_looked(reader, head.id));
    case Verb::look_failed:
      return as_event(take_failed<LookFailed>(reader, head.id));
    case Verb::rejected:
      return as_event(take_rejected(reader));
    default:
      return malformed("unknown event " + std::to_string(static_cast<unsigned>(head.verb)));
  }
}

}  // namespace fescue
