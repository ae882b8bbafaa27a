// DeploymentAgent: brings the group that the control plane wants onto this core.
//
//   notice -> document (signed) -> verify -> InProgress -> packages (resumed, hashed) -> unpack beside
//          -> activate (GroupHost) -> commit (group.json) -> Success -> remove what is no longer used
//
// Any failure on the way leaves the former group running and deployed, removes what was staged, and is reported and
// logged with its reason. One deployment at a time; the newest of the notices that come meanwhile is next, and those
// that it displaces are reported as failed once its document is verified. A notice of what is already deployed, or was
// just decided, is answered with its outcome. One that does not fit the signed document that it names is ignored: a
// notice alone decides nothing.
//
// At the start the group of the disk runs, whatever the disk has lost of it: a damaged group.json is replaced by its
// copy, and packages that are gone are fetched again. The owner is warned of both (StatusSource).
//
// Lives on the loop's thread; blocking work goes to the pool.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "deploy/core_api.h"
#include "deploy/download.h"
#include "deploy/staging.h"
#include "engine/ports/cloud_link.h"
#include "engine/ports/group_host.h"
#include "engine/ports/status_source.h"
#include "model/core_config.h"
#include "model/deployment.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/task_group.h"
#include "sys/storage/file.h"

namespace fescue {

struct DeploymentAgentOptions {
  std::string deployment_directory;  // ROOT/ggc/deployment
  std::string user_log_directory;    // ROOT/ggc/var/log/user; a reset removes what is in it
  ThingArn core;                     // groups for another core are refused
  std::string ca_pem;                // signing certificates chain to it
  RetryPolicy retry = {};            // of each fetch; when the tries are used up the deployment fails
};

class DeploymentAgent final : public StatusSource {
 public:
  struct Ports {
    CloudLink& cloud;
    GroupHost& host;
    CoreApi& api;
    FileSystem& files;
    BlockingPool& pool;
  };

  DeploymentAgent(asio::io_context& io, DeploymentAgentOptions options, Ports ports);

  /// Starts the group that is on the disk, without any network, and from then on heeds notices. Call it once, before
  /// the link starts; completes when the group runs. An error tells what does not run; the agent works all the same.
  Task<Result<void>> start();

  /// Completes when nothing is under way any more. A deployment that was is done again at its next notice.
  Task<void> stop();

  /// From the start until it is known what is deployed.
  bool is_loading() const { return starting_ && !running_.group; }
  /// From the start until the saved group runs, as far as it does.
  bool is_restoring() const { return starting_; }
  /// What is deployed; null when nothing is.
  std::shared_ptr<const Group> group() const { return running_.group; }
  const std::optional<DeploymentId>& current() const { return current_; }

  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;
  std::vector<std::string> warnings() const override;

 private:
  Task<Result<void>> start_saved_group();
  Task<Result<void>> restore(std::optional<DeploymentDocument> saved);
  Task<void> fetch_missing();
  Task<Result<std::string>> fetch(FunctionConfig function);
  void take_notice(DeploymentNotice notice);
  void begin_work();
  void take_next();
  void fail_displaced(const DeploymentNotice& by);
  Task<void> work();
  Task<void> handle(DeploymentNotice notice);
  Task<Result<void>> deploy(DeploymentNotice notice);
  Task<Result<void>> apply(DeploymentDocument document, SignedDocument as_signed);
  Task<Result<StagedGroup>> stage(std::shared_ptr<const Group> group);
  Task<Result<std::string>> stage_function(FunctionConfig function);
  std::string code_in_use(const FunctionConfig& function) const;  // empty: it has to be fetched
  Task<Result<void>> commit(SignedDocument document, StagedGroup staged, DeploymentId deployment);
  Task<Result<void>> reset();
  void all_is_well();
  static void note_leftovers(const Result<void>& cleaned);
  Task<void> back_to_former();
  Task<void> clean_up();
  void report(const DeploymentReport& report);
  void conclude(const DeploymentNotice& notice, const Result<void>& outcome);
  void fail(const DeploymentNotice& notice, std::string_view phase, const Error& error);

  asio::io_context& io_;
  DeploymentAgentOptions options_;
  Ports ports_;
  Staging staging_;
  TaskGroup tasks_;

  StagedGroup running_;                           // its group is null when nothing is deployed
  std::optional<DeploymentId> current_;           // whose outcome `running_` is
  std::optional<DeploymentReport> last_outcome_;  // of this process
  std::optional<DeploymentNotice> busy_with_;
  std::vector<DeploymentNotice> displaced_, waiting_;  // older and newer than that, the newest last
  bool starting_ = true;
  std::string damage_;                   // of group.json, for the owner; empty when there is none
  std::vector<FunctionConfig> missing_;  // functions of `running_` whose packages are gone
  std::string why_missing_;              // what stands in the way of fetching them
  bool fetching_missing_ = false;
  asio::steady_timer next_fetch_;
  std::string_view phase_;  // of the deployment under way, for its error detail
};

}  // namespace fescue
