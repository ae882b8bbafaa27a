// Rollout: deployments on their way to cores.
//
//   deploy() -> Building: the document is built, frozen and signed       (a restart begins this anew)
//            -> InProgress: the core is told; it fetches, applies, reports  (it may be away for as long as it likes)
//            -> Success | Failure
//
// A core is told when a document is frozen, and again each time it says hello while something awaits it. What the core
// says comes by the broker, on topics that only its own certificate may use. At most one deployment of a group is on
// its way; a forced reset takes the place of whatever is.
//
// Lives on the loop's thread. The group of its tasks is joined before it goes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cloud/cloud_config.h"
#include "cloud/deployments/deployment_builder.h"
#include "cloud/deployments/twin_cores.h"
#include "cloud/model/deployment_record.h"
#include "cloud/rejection_log.h"
#include "cloud/store/artifact_store.h"
#include "mqtt_server/mqtt_server.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/task_group.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

enum class ResetKind {
  wait_for_core,
  force,  // succeeds at once; the core cleans up whenever it appears
};

/// What a rollout works with; all of it outlives the rollout.
struct RolloutPorts {
  const CloudConfig& config;       // whose ARNs are its own
  Database& database;              // deployments, and what they are built from
  const ArtifactStore& artifacts;  // packages are looked into, and dropped at start
  MqttServer& broker;              // to cores and from them
  BlockingPool& pool;              // reads packages, signs documents
  TaskGroup& tasks;                // builds are its tasks
  RejectionLog& rejections;        // reports that cannot be taken
  std::function<WallTime()> now;
};

class Rollout {
 public:
  explicit Rollout(RolloutPorts ports) : ports_(std::move(ports)) {}
  Rollout(const Rollout&) = delete;
  Rollout& operator=(const Rollout&) = delete;

  /// Listens to cores, goes on with what was being built, drops packages that nobody refers to. Blocks on the disk.
  Result<void> start();

  /// Begins a deployment of an existing group version; the answer is its record, Building. `type` is new_deployment or
  /// redeployment. Error: conflict while another one of the group is on its way.
  Result<DeploymentRecord> deploy(const GroupId& group, const std::string& group_version, DeploymentType type);

  /// Error: conflict, as above, unless forced.
  Result<DeploymentRecord> reset(const GroupId& group, ResetKind kind);

 private:
  Result<DeploymentRecord> begin(DeploymentRecord record);
  Result<void> abandon(const DeploymentRecord& record);
  void spawn_build(const DeploymentRecord& record);
  Task<void> build(DeploymentRecord record);
  Task<Result<void>> try_build(DeploymentRecord record);
  Task<Result<BuildOutcome>> build_document(DeploymentRecord record);
  Task<Result<void>> freeze(DeploymentRecord record, DeploymentDocument document);

  void on_report(const LocalMessage& message);
  void on_hello(const LocalMessage& message);
  Result<void> take_report(const ThingName& core, const DeploymentReport& report);
  Result<void> take_hello(const ThingName& core, const CoreHello& hello);
  Result<void> tell(const ThingName& core);
  Result<void> drop_packages();

  RolloutPorts ports_;
  SubscriptionHandle reports_, hellos_;
  TwinCores twins_;
};

/// `Deployment <id> of type <type> for group <id> failed error: <text>`, as V1 words it.
std::string failure_message(const DeploymentRecord& record, std::string_view text);

}  // namespace fescue::cloud
