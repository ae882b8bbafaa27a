// DeploymentAgent: brings the group that the control plane wants onto this core.
//
//   notice -> document (signed) -> verify -> InProgress -> packages (resumed, hashed) -> unpack beside -> plan
//          -> activate (GroupHost) -> commit (group.json) -> Success -> remove what is no longer used
//
// Any failure on the way leaves the former group running and deployed, removes what was staged, and is reported and
// logged with its reason. One deployment at a time; the newest notice that comes meanwhile waits, one that it displaces
// is reported as failed. A notice of what is already deployed, or was just decided, is answered with its outcome.
//
// Lives on the loop's thread; blocking work goes to the pool.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "deploy/core_api.h"
#include "deploy/staging.h"
#include "engine/ports/cloud_link.h"
#include "engine/ports/group_host.h"
#include "model/core_config.h"
#include "model/deployment.h"
#include "sys/blocking_pool.h"
#include "sys/file.h"
#include "sys/task_group.h"

namespace fescue {

struct DeploymentAgentOptions {
  std::string deployment_directory;  // ROOT/ggc/deployment
  std::string user_log_directory;    // ROOT/ggc/var/log/user; a reset removes what is in it
  ThingArn core;                     // groups for another core are refused
  std::string ca_pem;                // signing certificates chain to it

  // A failed fetch is tried again with a doubling pause; when the tries are used up the deployment fails.
  int fetch_tries = 10;
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds longest_pause{60000};
};

class DeploymentAgent {
 public:
  struct Ports {
    CloudLink& cloud;
    GroupHost& host;
    CoreApi& api;
    FileSystem& files;
    BlockingPool& pool;
  };

  DeploymentAgent(asio::io_context& io, DeploymentAgentOptions options, Ports ports);
  ~DeploymentAgent();

  /// Starts the group that is on the disk, without any network, and from then on heeds notices. Call it before the
  /// link starts; completes when the group runs, or with what went wrong, in which case the agent works all the same.
  Task<Result<void>> start();

  /// Completes when nothing is under way any more; a deployment that was is repeated at the next notice.
  Task<void> stop();

  /// What is deployed and running; null when nothing is.
  std::shared_ptr<const Group> group() const { return running_; }
  std::optional<DeploymentId> current() const { return current_; }

 private:
  void take_notice(DeploymentNotice notice);
  Task<void> work();
  Task<void> handle(DeploymentNotice notice);
  Task<Result<void>> deploy(DeploymentNotice notice);
  Task<Result<void>> apply(DeploymentDocument document, std::string json);
  Task<Result<void>> stage(std::shared_ptr<const Group> group);
  Task<Result<void>> activate(StagedGroup staged);
  Task<Result<void>> commit(std::string json);
  Task<void> back_to_former();
  Task<Result<void>> reset();
  void report(const DeploymentNotice& notice, DeploymentStatus status, std::string message = {});

  asio::io_context& io_;
  DeploymentAgentOptions options_;
  Ports ports_;
  Staging staging_;
  TaskGroup tasks_;

  std::shared_ptr<const Group> running_;
  std::optional<DeploymentId> current_;
  std::optional<DeploymentReport> last_outcome_;
  std::optional<DeploymentNotice> busy_with_, waiting_;
};

}  // namespace fescue
