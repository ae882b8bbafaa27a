// The one task that carries deployments out, step by step, and the way back from each step that fails.
#include "deploy/deployment_agent.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "base/text/utf8.h"
#include "deploy/verify_document.h"
#include "sys/loop/event.h"

namespace fescue {

namespace {

constexpr std::string_view kVerify = "VerifyDocument";
constexpr std::size_t kMaxWaiting = 16;  // notices; the next hello brings back what matters of the others

Error stopping() { return Error(Code::cancelled, "the core is stopping"); }

/// A reason may quote what a function said; a report must fit into a message.
std::string shortened(std::string text) {
  constexpr std::size_t kMaxReason = 8 * 1024;
  if (text.size() <= kMaxReason) return text;
  return std::string(utf8_start(text, kMaxReason)) + "...";
}

}  // namespace

/// What stays behind costs space and nothing else; the next start removes it.
void DeploymentAgent::note_leftovers(const Result<void>& cleaned) {
  if (!cleaned) log::warn("Could not remove what is no longer deployed.", {{"errorString", cleaned.error().message()}});
}

DeploymentAgent::DeploymentAgent(asio::io_context& io, DeploymentAgentOptions options, Ports ports)
    : io_(io),
      options_(std::move(options)),
      ports_(ports),
      staging_(ports.files, options_.deployment_directory, {options_.core, options_.ca_pem}),
      tasks_(io),
      next_fetch_(io) {
  ports_.cloud.subscribe(TopicFilter::parse(notify_topic(options_.core.thing_name())).value(),
                         parsed_by(parse_notice, [this](DeploymentNotice notice) { take_notice(std::move(notice)); }));
  ports_.cloud.add_to_hello([this](CoreHello& hello) { hello.current = current_; });
}

Task<void> DeploymentAgent::stop() {
  tasks_.stop();
  co_await tasks_.join();
}

void DeploymentAgent::take_notice(DeploymentNotice notice) {
  const auto is_about = [&](const auto& other) { return other && other->deployment == notice.deployment; };
  const auto same = [&](const DeploymentNotice& other) { return other.deployment == notice.deployment; };
  if (std::ranges::any_of(waiting_, same) || std::ranges::any_of(displaced_, same)) return;
  if (is_about(busy_with_)) return report({notice.deployment, DeploymentStatus::in_progress, {}, {}});
  if (is_about(last_outcome_)) return report(*last_outcome_);
  if (current_ == notice.deployment) return conclude(notice, ok());
  if (waiting_.size() == kMaxWaiting) waiting_.erase(waiting_.begin());
  waiting_.push_back(std::move(notice));
  next_fetch_.cancel();
  begin_work();
}

void DeploymentAgent::begin_work() {
  if (busy_with_ || starting_ || fetching_missing_) return;
  take_next();
  if (busy_with_) tasks_.spawn("deployment", work());
}

/// The newest notice; those before it wait until it has proved true.
void DeploymentAgent::take_next() {
  displaced_.insert(displaced_.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  busy_with_.reset();
  if (displaced_.empty()) return;
  busy_with_ = std::move(displaced_.back());
  displaced_.pop_back();
}

void DeploymentAgent::fail_displaced(const DeploymentNotice& by) {
  const std::string why = fmt::format("deployment {} came before this one was begun", by.deployment.view());
  for (const DeploymentNotice& notice : std::exchange(displaced_, {})) {
    fail(notice, "Queue", Error(Code::cancelled, why));
  }
}

Task<void> DeploymentAgent::work() {
  while (busy_with_) {
    co_await handle(*busy_with_);
    take_next();
  }
}

Task<void> DeploymentAgent::handle(DeploymentNotice notice) {
  log::info("Deployment started.", {{"deploymentId", notice.deployment.str()},
                                    {"deploymentType", name_of(notice.type)},
                                    {"groupId", notice.group.str()}});
  const Result<void> outcome = co_await deploy(notice);
  if (tasks_.stopped()) co_return;
  co_await clean_up();
  if (!outcome && phase_ == kVerify && outcome.error().code() == Code::conflict) {
    log::error("Ignored a notice of a deployment.",
               {{"deploymentId", notice.deployment.str()}, {"errorString", outcome.error().message()}});
    co_return;
  }
  conclude(notice, outcome);
}

Task<Result<void>> DeploymentAgent::deploy(DeploymentNotice notice) {
  phase_ = "DownloadDocument";
  FESCUE_CO_TRY(signed_document, co_await download_document(ports_.api, notice.deployment, options_.retry));
  phase_ = kVerify;
  FESCUE_CO_TRY(document, verify_document(signed_document, notice, options_.core, options_.ca_pem));
  fail_displaced(notice);
  report({notice.deployment, DeploymentStatus::in_progress, {}, {}});
  if (is_reset(document.type)) co_return co_await reset();
  co_return co_await apply(std::move(document), std::move(signed_document));
}

Task<Result<void>> DeploymentAgent::apply(DeploymentDocument document, SignedDocument as_signed) {
  phase_ = "StagePackages";
  const auto group = std::make_shared<const Group>(std::move(document.group));
  FESCUE_CO_TRY(staged, co_await stage(group));
  log::debug("Packages staged.",
             {{"deploymentId", document.deployment.str()}, {"functions", static_cast<long long>(staged.code.size())}});
  phase_ = "Activate";
  const Arrival<Result<void>> activated(io_);
  ports_.host.activate(staged, activated.callback());
  const auto outcome = co_await activated.wait();
  if (!outcome) co_return stopping();
  FESCUE_CO_CHECK(*outcome);
  phase_ = "Commit";
  co_return co_await commit(std::move(as_signed), std::move(staged), document.deployment);
}

Task<Result<StagedGroup>> DeploymentAgent::stage(std::shared_ptr<const Group> group) {
  FESCUE_CO_CHECK(co_await ports_.pool.run([this] { return staging_.prepare(); }));
  StagedGroup staged;
  for (const FunctionConfig& function : group->functions) {
    FESCUE_CO_TRY(code, co_await stage_function(function));
    staged.code.emplace(function.arn, std::move(code));
  }
  staged.group = std::move(group);
  co_return staged;
}

Task<Result<std::string>> DeploymentAgent::stage_function(FunctionConfig function) {
  const std::string code = code_in_use(function);
  if (code.empty()) co_return co_await fetch(std::move(function));
  FESCUE_CO_CHECK(staging_.make_executable(function, code));
  co_return code;
}

Task<Result<std::string>> DeploymentAgent::fetch(FunctionConfig function) {
  FESCUE_CO_CHECK(co_await ports_.pool.run([this] { return staging_.prepare(); }));
  const std::string zip = staging_.download_path(function.artifact);
  FESCUE_CO_CHECK(co_await download_artifact(ports_.api, ports_.pool, function.artifact, function.artifact_bytes, zip,
                                             options_.retry));
  FESCUE_CO_TRY(code, co_await ports_.pool.run([&] { return staging_.unpack(function, zip); }));
  FESCUE_CO_CHECK(staging_.make_executable(function, code));
  co_return code;
}

std::string DeploymentAgent::code_in_use(const FunctionConfig& function) const {
  if (!running_.group) return {};
  for (const FunctionConfig& running : running_.group->functions) {
    if (running.arn != function.arn || running.artifact != function.artifact) continue;
    const std::string& code = running_.code.at(function.arn);
    return ports_.files.exists(code) ? code : std::string();
  }
  return {};
}

Task<Result<void>> DeploymentAgent::commit(SignedDocument document, StagedGroup staged, DeploymentId deployment) {
  const Result<void> written = co_await ports_.pool.run([&] { return staging_.commit(document); });
  if (!written) {
    co_await back_to_former();
    co_return written.error();
  }
  running_ = std::move(staged);
  current_ = std::move(deployment);
  all_is_well();
  co_return ok();
}

/// What was wrong with the former group is over.
void DeploymentAgent::all_is_well() {
  damage_.clear();
  missing_.clear();
}

Task<Result<void>> DeploymentAgent::reset() {
  phase_ = "Reset";
  const Arrival<std::monostate> stopped(io_);
  ports_.host.deactivate([done = stopped.callback()] { done({}); });
  const auto has_stopped = co_await stopped.wait();
  if (!has_stopped) co_return stopping();
  const Result<void> cleared = co_await ports_.pool.run([this] { return staging_.clear(); });
  if (!cleared) {
    co_await back_to_former();
    co_return cleared.error();
  }
  running_ = {};
  current_.reset();
  all_is_well();
  note_leftovers(co_await ports_.pool.run([this]() -> Result<void> {
    if (!ports_.files.exists(options_.user_log_directory)) return ok();
    FESCUE_TRY(names, ports_.files.list(options_.user_log_directory));
    for (const std::string& name : names) {
      FESCUE_CHECK(ports_.files.remove_tree(options_.user_log_directory + "/" + name));
    }
    return ok();
  }));
  co_return ok();
}

/// What runs is not what is on the disk: have the group of the disk run again.
Task<void> DeploymentAgent::back_to_former() {
  Result<void> outcome = ok();
  if (running_.group) {
    const Arrival<Result<void>> restored(io_);
    ports_.host.activate(running_, restored.callback());
    outcome = (co_await restored.wait()).value_or(stopping());
  } else {
    const Arrival<std::monostate> stopped(io_);
    ports_.host.deactivate([done = stopped.callback()] { done({}); });
    co_await stopped.wait();
  }
  if (!outcome) log::error("The former group does not run.", {{"errorString", outcome.error().message()}});
}

/// Removes what neither the deployed group uses nor a later deployment could.
Task<void> DeploymentAgent::clean_up() {
  note_leftovers(co_await ports_.pool.run([this] { return staging_.clean(running_.group.get()); }));
  note_leftovers(co_await ports_.pool.run([this] { return staging_.remove_downloads(); }));
}

void DeploymentAgent::report(const DeploymentReport& report) {
  ports_.cloud.publish(Topic::parse(report_topic(options_.core.thing_name())).value(), Payload(to_json(report)));
}

void DeploymentAgent::conclude(const DeploymentNotice& notice, const Result<void>& outcome) {
  if (!outcome) return fail(notice, phase_, outcome.error());
  log::info("Deployment succeeded.", {{"deploymentId", notice.deployment.str()}});
  const std::string remarks = shortened(fmt::format("{}", fmt::join(ports_.host.remarks(), "; ")));
  last_outcome_ = DeploymentReport{notice.deployment, DeploymentStatus::success, remarks, {}};
  report(*last_outcome_);
}

void DeploymentAgent::fail(const DeploymentNotice& notice, std::string_view phase, const Error& error) {
  const std::string why = shortened(error.message());
  const std::string message = fmt::format("Deployment {} of type {} for group {} failed error: {}",
                                          notice.deployment.view(), name_of(notice.type), notice.group.view(), why);
  log::error("Deployment failed.", {{"deploymentId", notice.deployment.str()}, {"errorString", why}});
  last_outcome_ =
      DeploymentReport{notice.deployment, DeploymentStatus::failure, message, {ErrorDetail{std::string(phase), why}}};
  report(*last_outcome_);
}

}  // namespace fescue
