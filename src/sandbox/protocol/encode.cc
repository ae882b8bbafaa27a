// Encoding of each message.
#include "sandbox/protocol/layouts.h"

namespace fescue {

namespace {

using namespace wire;

template <Plain Layout>
void append(std::string& out, const Layout& layout) {
  out.append(reinterpret_cast<const char*>(&layout), sizeof layout);
}

std::string message(Verb verb, LaunchId id, std::string_view following = {}) {
  std::string out;
  out.reserve(sizeof(Head) + following.size());
  append(out, Head{.magic = kMagic,
                   .verb = verb,
                   .zero = 0,
                   .id = id,
                   .following = static_cast<std::uint32_t>(following.size())});
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
std::string_view cut(std::string_view reason) { return reason.substr(0, kMaxReason); }

std::string failure(Verb verb, LaunchId id, const Error& error) {
  const auto text = cut(error.message());
  const FailedBody body{static_cast<std::uint32_t>(error.code()), static_cast<std::uint32_t>(text.size())};
  return message(verb, id, body, text);
}

std::uint32_t u32(std::size_t number) { return static_cast<std::uint32_t>(number); }

void append(std::string& out, const ContainerSpec& container) {
  append(out, ContainerBody{.scratch_kb = container.scratch_kb,
                            .sysfs = container.sysfs ? 1u : 0u,
                            .resources = u32(container.resources.size()),
                            .masks = u32(container.masks.size()),
                            .zero = 0});
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

std::string encode(const WorkerSpec& spec) {
  const std::string text = text_of(spec);
  std::string following;
  append(following, StartBody{.uid = spec.uid,
                              .gid = spec.gid,
                              .groups = u32(spec.groups.size()),
                              .arguments = u32(spec.arguments.size()),
                              .environment = u32(spec.environment.size()),
                              .container = spec.container ? 1u : 0u,
                              .text = u32(text.size()),
                              .connection = static_cast<std::uint32_t>(spec.connection_place),
                              .rehearsal = spec.rehearsal ? 1u : 0u});
  append(following, LimitsBody{.memory_kb = spec.limits.memory_kb,
                               .processes = spec.limits.processes,
                               .cpu_weight = spec.limits.cpu_weight,
                               .required = spec.limits.required ? 1u : 0u,
                               .zero = 0});
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
  return message(Verb::exited, event.id,
                 ExitedBody{.cause = static_cast<std::uint32_t>(event.cause),
                            .exit_code = event.exit_code,
                            .signal = event.signal,
                            .memory_pressure = event.memory_pressure ? 1u : 0u,
                            .peak_memory_kb = event.peak_memory_kb,
                            .cpu_microseconds = u64(event.cpu),
                            .memory_limit_kb = event.memory_limit_kb,
                            .memory_limit_hits = event.memory_limit_hits,
                            .stalled_microseconds = u64(event.memory_stalled),
                            .processes_refused = event.processes_refused,
                            .oom_kills = event.oom_kills,
                            .refused_call = event.refused_call,
                            .refused_architecture = event.refused_architecture,
                            .zero = 0});
}

std::string encode(const Rejected& event) {
  const auto text = cut(event.reason);
  return message(Verb::rejected, 0, RejectedBody{event.total, 0, static_cast<std::uint32_t>(text.size())}, text);
}

}  // namespace fescue
