// Decoding: every count and length is checked before it is believed.
#include <csignal>
#include <cstring>

#include "sandbox/protocol/layouts.h"

namespace fescue {

namespace {

using namespace wire;

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
  if (body.rehearsal > 1) return malformed("rehearsal is neither 0 nor 1");
  if (body.text > kMaxSpecText) return Error(Code::too_large, "the strings of the spec are too long");
  if (body.connection > static_cast<std::uint32_t>(ConnectionPlace::own_and_input))
    return malformed("unknown place of the connection");

  WorkerSpec spec;
  spec.id = id;
  spec.uid = body.uid;
  spec.gid = body.gid;
  spec.connection_place = static_cast<ConnectionPlace>(body.connection);
  spec.rehearsal = Rehearsal(body.rehearsal == 1);
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

}  // namespace

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
