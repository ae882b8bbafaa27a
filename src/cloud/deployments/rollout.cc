// The way of a deployment: begun, built, told to its core, finished by the core's report.
#include "cloud/deployments/rollout.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "cloud/deployments/build_input.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/group_store.h"
#include "model/group_json.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {

namespace {

Error busy(const DeploymentRecord& active) {
  return Error(Code::conflict, fmt::format("deployment {} of the group is {}; wait for it, or reset with force",
                                           active.id.str(), name_of(active.status)));
}

/// Every problem in one sentence; ErrorDetails has them one by one.
std::string list_of(const std::vector<ErrorDetail>& problems) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kShown); ++i) {
    text += (i == 0 ? "" : "; ") + problems[i].message;
  }
  if (problems.size() > kShown) text += fmt::format("; and {} more", problems.size() - kShown);
  return text;
}

void log_failure(std::string_view what, const ThingName& core, const Error& error) {
  log::error(what, {{"core", core.str()}, {"errorString", error.message()}});
}

}  // namespace

std::string failure_message(const DeploymentRecord& record, std::string_view text) {
  return fmt::format("Deployment {} of type {} for group {} failed error: {}", record.id.view(), name_of(record.type),
                     record.group.view(), text);
}

Result<void> Rollout::start() {
  const ThingName any("+");
  reports_ = ports_.broker.subscribe(*TopicFilter::parse(report_topic(any)),
                                     [this](const LocalMessage& message) { on_report(message); });
  hellos_ = ports_.broker.subscribe(*TopicFilter::parse(hello_topic(any)),
                                    [this](const LocalMessage& message) { on_hello(message); });
  if (auto dropped = drop_packages(); !dropped) {
    log::warn("Could not drop packages that nobody uses.", {{"errorString", dropped.error().message()}});
  }
  const auto unfinished = DeploymentStore(ports_.database).building();
  if (!unfinished && unfinished.error().code() != Code::internal) return unfinished.error();
  if (!unfinished) {  // a damaged row is no reason to serve nobody
    log::error("Cannot go on with unfinished deployments.", {{"errorString", unfinished.error().message()}});
    return ok();
  }
  for (const DeploymentRecord& record : *unfinished) spawn_build(record);
  return ok();
}

Result<void> Rollout::drop_packages() {
  FESCUE_TRY(kept, FunctionStore(ports_.database).artifacts());
  FESCUE_TRY(deployed, DeploymentStore(ports_.database).artifacts());
  kept.merge(deployed);
  return ports_.artifacts.retain_only(kept);
}

// ---- beginning

Result<DeploymentRecord> Rollout::begin(DeploymentRecord record) {
  record.id = DeploymentId(random_uuid());
  record.created = record.updated = ports_.now();
  FESCUE_CHECK(DeploymentStore(ports_.database).create(record));
  log::info("Deployment begins.", {{"deploymentId", record.id.str()},
                                   {"type", name_of(record.type)},
                                   {"groupId", record.group.str()},
                                   {"groupVersion", record.group_version}});
  if (record.status == DeploymentStatus::building) spawn_build(record);
  return record;
}

Result<DeploymentRecord> Rollout::deploy(const GroupId& group, const std::string& group_version, DeploymentType type) {
  FESCUE_ASSERT(!is_reset(type));
  FESCUE_TRY(active, DeploymentStore(ports_.database).active(group));
  if (active) return busy(*active);
  DeploymentRecord record;
  record.group = group;
  record.group_version = group_version;
  record.type = type;
  return begin(std::move(record));
}

Result<DeploymentRecord> Rollout::reset(const GroupId& group, ResetKind kind) {
  const DeploymentStore store(ports_.database);
  FESCUE_TRY(active, store.active(group));
  if (active && kind != ResetKind::force) return busy(*active);
  FESCUE_TRY(undone, store.in_effect(group));
  if (active) {
    FESCUE_CHECK(abandon(*active));
    if (!active->core.empty()) undone = active;
  }
  DeploymentRecord record;
  record.group = group;
  record.type = kind == ResetKind::force ? DeploymentType::force_reset : DeploymentType::reset;
  // No core has anything of this group: there is nothing to undo.
  if (!undone) record.status = DeploymentStatus::success;
  if (undone) record.group_version = undone->group_version;
  if (undone) record.core = undone->core;
  return begin(std::move(record));
}

Result<void> Rollout::abandon(const DeploymentRecord& record) {
  const std::string text = failure_message(record, "it was given up by a forced reset");
  return DeploymentStore(ports_.database)
      .finish(record.id, {DeploymentStatus::failure, text, {{"Abandoned", "given up by a forced reset"}}},
              ports_.now());
}

// ---- building

void Rollout::spawn_build(const DeploymentRecord& record) { ports_.tasks.spawn("build deployment", build(record)); }

Task<void> Rollout::build(DeploymentRecord record) {
  const auto built = co_await try_build(record);
  if (built) co_return;
  log::error("Cannot build a deployment.",
             {{"deploymentId", record.id.str()}, {"errorString", built.error().message()}});
  const DeploymentOutcome outcome{DeploymentStatus::failure,
                                  failure_message(record, built.error().message()),
                                  {{"InternalError", built.error().message()}}};
  const auto finished = DeploymentStore(ports_.database).finish(record.id, outcome, ports_.now());
  if (!finished) log::error("Cannot record a failed deployment.", {{"errorString", finished.error().message()}});
}

Task<Result<void>> Rollout::try_build(DeploymentRecord record) {
  DeploymentDocument document{record.id, record.type, {}};
  if (!is_reset(record.type)) {
    FESCUE_CO_TRY(outcome, co_await build_document(record));
    if (!outcome.problems.empty()) {
      const std::string text = "Error while processing. group config is invalid: " + list_of(outcome.problems);
      log::warn("Deployment failed.", {{"deploymentId", record.id.str()}, {"errorString", text}});
      co_return DeploymentStore(ports_.database)
          .finish(record.id, {DeploymentStatus::failure, failure_message(record, text), std::move(outcome.problems)},
                  ports_.now());
    }
    document = std::move(outcome.document);
    record.core = document.group.core_thing.thing_name();
  }
  co_return co_await freeze(std::move(record), std::move(document));
}

Task<Result<BuildOutcome>> Rollout::build_document(DeploymentRecord record) {
  FESCUE_CO_TRY(collected, collect_build_input(ports_.database, ports_.config, record));
  const ArtifactStore& artifacts = ports_.artifacts;
  auto look = [&artifacts, input = std::move(collected)]() mutable {
    return look_into_packages(artifacts, std::move(input));
  };
  FESCUE_CO_TRY(input, co_await ports_.pool.run(std::move(look)));
  co_return build_deployment(input);
}

Task<Result<void>> Rollout::freeze(DeploymentRecord record, DeploymentDocument document) {
  FESCUE_CO_TRY(signer, GroupStore(ports_.database).signer(record.group));
  if (!signer) co_return Error(Code::not_found, "the group is gone");
  FrozenDocument frozen;
  frozen.json = to_json(document);
  frozen.certificate_pem = signer->certificate_pem;
  for (const FunctionConfig& function : document.group.functions) {
    frozen.artifacts.insert(function.artifact);
    frozen.functions.insert(function.arn);
  }
  auto sign = [key = signer->private_key_pem, bytes = frozen.json] { return sign_bytes(key, bytes); };
  FESCUE_CO_TRY(signature, co_await ports_.pool.run(std::move(sign)));
  frozen.signature = std::move(signature);

  const bool forced = record.type == DeploymentType::force_reset;
  const auto next = forced ? DeploymentStatus::success : DeploymentStatus::in_progress;
  FESCUE_CO_TRY(taken, DeploymentStore(ports_.database).freeze(record.id, record.core, frozen, next, ports_.now()));
  if (!taken) co_return ok();  // given up meanwhile
  log::info("Deployment awaits its core.", {{"deploymentId", record.id.str()}, {"core", record.core.str()}});
  co_return tell(record.core);
}

// ---- what cores say

Result<void> Rollout::tell(const ThingName& core) {
  FESCUE_TRY(waiting, DeploymentStore(ports_.database).waiting_for(core));
  if (!waiting) return ok();
  FESCUE_TRY(topic, Topic::parse(notify_topic(core)));
  const DeploymentNotice notice{waiting->id, waiting->type, waiting->group};
  ports_.broker.publish(topic, Payload(to_json(notice)), mqtt::QoS::at_least_once);
  return ok();
}

void Rollout::on_report(const LocalMessage& message) {
  const ThingName core = core_of(message.topic);
  const auto report = parse_report(message.payload.view());
  if (!report) return ports_.rejections.note(ListenerName::reports, "report", core.view(), report.error().message());
  const auto taken = take_report(core, *report);
  if (!taken) log_failure("Cannot record a core's report.", core, taken.error());
}

Result<void> Rollout::take_report(const ThingName& core, const DeploymentReport& report) {
  if (report.status != DeploymentStatus::success && report.status != DeploymentStatus::failure) return ok();
  DeploymentStore store(ports_.database);
  FESCUE_TRY(record, store.find(report.deployment));
  if (!record || record->core != core) {
    ports_.rejections.note(ListenerName::reports, "foreign_report", core.view(),
                           fmt::format("deployment {} is not its own", report.deployment.view().substr(0, 100)));
    return ok();
  }
  const bool failed = report.status == DeploymentStatus::failure;
  if (record->status == DeploymentStatus::in_progress) {
    std::string text =
        failed && report.message.empty() ? failure_message(*record, "the core gave no reason") : report.message;
    FESCUE_CHECK(store.finish(record->id, {report.status, text, failed ? report.details : std::vector<ErrorDetail>()},
                              ports_.now()));
    log::write(failed ? log::Level::warn : log::Level::info, failed ? "Deployment failed." : "Deployment succeeded.",
               {{"deploymentId", record->id.str()}, {"core", core.str()}, {"errorString", text}});
  } else if (record->type == DeploymentType::force_reset) {
    FESCUE_CHECK(store.stop_waiting(record->id));
  }
  return tell(core);
}

void Rollout::on_hello(const LocalMessage& message) {
  const ThingName core = core_of(message.topic);
  const auto hello = parse_hello(message.payload.view());
  if (!hello) return ports_.rejections.note(ListenerName::reports, "hello", core.view(), hello.error().message());
  log::info("Core connected.", {{"core", core.str()},
                                {"version", hello->version},
                                {"deploymentId", hello->current ? hello->current->str() : ""}});
  if (twins_.note(core, hello->instance)) {
    log::error(
        "Two cores use one identity and take the connection from each other; give each a thing and a certificate of "
        "its "
        "own. A copied directory or disk image brings those of its original along.",
        {{"core", core.str()}, {"instance", hello->instance}});
  }
  const auto taken = take_hello(core, *hello);
  if (!taken) log_failure("Cannot answer a core's hello.", core, taken.error());
}

Result<void> Rollout::take_hello(const ThingName& core, const CoreHello& hello) {
  FESCUE_TRY(waiting, DeploymentStore(ports_.database).waiting_for(core));
  if (!waiting) return ok();
  // It runs what it was asked to run: its report was lost.
  if (hello.current == waiting->id && !is_reset(waiting->type)) {
    return take_report(core, {waiting->id, DeploymentStatus::success, "", {}});
  }
  return tell(core);
}

}  // namespace fescue::cloud
