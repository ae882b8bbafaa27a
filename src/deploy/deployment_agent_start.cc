// DeploymentAgent: the group of the disk, what the disk has lost of it, and what the owner is told of that.
#include <fmt/format.h>

#include "base/backoff.h"
#include "base/log.h"
#include "deploy/deployment_agent.h"
#include "sys/loop/event.h"

namespace fescue {

Task<Result<void>> DeploymentAgent::start() {
  Result<void> outcome = co_await start_saved_group();
  starting_ = false;
  fetching_missing_ = !missing_.empty();
  if (fetching_missing_) tasks_.spawn("missing packages", fetch_missing());
  begin_work();
  co_return outcome;
}

Task<Result<void>> DeploymentAgent::start_saved_group() {
  damage_ = co_await ports_.pool.run([this] { return staging_.mend(); });
  if (!damage_.empty()) log::error("The deployed group's file was damaged.", {{"errorString", damage_}});
  auto saved = co_await ports_.pool.run([this] { return staging_.load(); });
  if (!saved) {
    damage_ = fmt::format("no group runs, since what was deployed cannot be read: {}", saved.error().message());
    co_return saved.error();
  }
  co_return co_await restore(std::move(*saved));
}

Task<Result<void>> DeploymentAgent::restore(std::optional<DeploymentDocument> saved) {
  note_leftovers(co_await ports_.pool.run([this]() -> Result<void> {
    FESCUE_CHECK(staging_.prepare());
    return staging_.clean(nullptr);
  }));
  if (!saved || is_reset(saved->type)) co_return ok();
  running_ = staging_.staged(std::make_shared<const Group>(std::move(saved->group)));
  current_ = saved->deployment;
  missing_ = staging_.without_package(*running_.group);
  const Arrival<Result<void>> restored(io_);
  ports_.host.restore(running_, restored.callback());
  const auto outcome = co_await restored.wait();
  co_return outcome ? *outcome : Error(Code::cancelled, "the core is stopping");
}

/// Until all are there, or a notice has come: its deployment fetches what it needs. Workers that could not start for
/// want of a package are tried again by themselves.
Task<void> DeploymentAgent::fetch_missing() {
  log::error("Packages of the deployed group are gone; fetching them again.", {{"functions", missing_.size()}});
  for (std::uint64_t failures = 0; !missing_.empty() && waiting_.empty();) {
    const FunctionConfig function = missing_.front();
    const auto code = co_await fetch(function);
    if (code) {
      log::info("A package that was gone is there again.", {{"funcArn", function.arn.str()}});
      missing_.erase(missing_.begin());
      continue;
    }
    if (why_missing_ != code.error().message()) {
      why_missing_ = code.error().message();
      log::error("Cannot fetch a package that is gone; trying on.",
                 {{"funcArn", function.arn.str()}, {"errorString", why_missing_}});
    }
    next_fetch_.expires_after(backoff_pause(++failures, options_.retry.first_pause, options_.retry.longest_pause));
    co_await next_fetch_.async_wait(use_result);
  }
  fetching_missing_ = false;
  begin_work();
}

void DeploymentAgent::add_status(boost::json::object& status) const { status["restoring"] = is_restoring(); }

void DeploymentAgent::add_metrics(MetricsText& out) const {
  out.gauge("fescue_packages_missing", "Packages of the deployed group that are gone from the disk.", missing_.size());
}

std::vector<std::string> DeploymentAgent::warnings() const {
  std::vector<std::string> out;
  if (!damage_.empty()) out.push_back(damage_ + "; the next deployment mends it");
  for (const FunctionConfig& function : missing_) {
    out.push_back(fmt::format("the package of {} is gone from the disk and is being fetched from the control plane{}",
                              function.arn.str(), why_missing_.empty() ? "" : ": " + why_missing_));
  }
  return out;
}

}  // namespace fescue
