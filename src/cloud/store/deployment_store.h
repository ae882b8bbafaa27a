// Deployments: the record of each, and for as long as a core may fetch it, the frozen document with its signature and
// the packages it refers to.
//
//   Building --freeze--> InProgress --finish--> Success | Failure       (a forced reset is frozen straight to Success)
//
// A deployment awaits its core from freeze() until the core's answer; a forced reset too, so that a core that was away
// still cleans up. A success makes all older waiting for the same core pointless. Documents are kept while they await
// the core and for the deployment in effect.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cloud/model/deployment_record.h"
#include "model/deployment.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kDeploymentSchema;
extern const std::string_view kDeployedFunctionSchema;

class DeploymentStore {
 public:
  static constexpr std::int64_t kFromTheNewest = std::numeric_limits<std::int64_t>::max();

  explicit DeploymentStore(Database& database) : database_(database) {}

  Result<void> create(const DeploymentRecord& record);
  /// Only from Building; false when it is not Building any more. `next` is InProgress, or Success for a forced reset.
  Result<bool> freeze(const DeploymentId& id, const ThingName& core, const FrozenDocument& document,
                      DeploymentStatus next, WallTime now);
  /// The core has answered, or the deployment came to its end otherwise; it awaits nothing any more.
  Result<void> finish(const DeploymentId& id, const DeploymentOutcome& outcome, WallTime now);
  /// The answer of a core to a forced reset, whose status is final already.
  Result<void> stop_waiting(const DeploymentId& id);

  Result<std::optional<DeploymentRecord>> find(const DeploymentId& id) const;
  Result<std::vector<DeploymentRecord>> list(const GroupId& group, std::int64_t before_sequence,
                                             std::size_t limit) const;
  /// Building or InProgress; at most one of a group.
  Result<std::optional<DeploymentRecord>> active(const GroupId& group) const;
  Result<std::vector<DeploymentRecord>> building() const;
  /// The newest that awaits the core.
  Result<std::optional<DeploymentRecord>> waiting_for(const ThingName& core) const;
  /// The newest success of a group, or on a core, unless that is a reset.
  Result<std::optional<DeploymentRecord>> in_effect(const GroupId& group) const;
  Result<std::optional<DeploymentRecord>> in_effect_on(const ThingName& core) const;

  /// Absent when there is none (any more).
  Result<std::optional<FrozenDocument>> document(const DeploymentId& id) const;
  /// Whether a kept document for `core` refers to the package.
  Result<bool> refers_to(const ThingName& core, const ArtifactHash& artifact) const;
  /// The versions of a function that are in effect, by core and version. A qualifier of `function` does not count.
  Result<std::vector<DeployedFunction>> deployed(const FunctionArn& function) const;
  /// Of all kept documents.
  Result<std::set<ArtifactHash>> artifacts() const;

  /// Those that anything was ever deployed to.
  Result<std::vector<ThingName>> cores() const;

  /// The group is being deleted; what awaits a core stays.
  Result<void> remove_group(const GroupId& group);

 private:
  Result<void> drop_documents(std::string_view condition, const DeploymentRecord& record);

  Database& database_;
};

}  // namespace fescue::cloud
