// Port: what a deployment is applied to, as the deployment agent sees it. Implemented by the core over its group parts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/ports/group_part.h"

namespace fescue {

class GroupHost {
 public:
  virtual ~GroupHost() = default;

  /// Makes the group the running one: unchanged functions are left alone, changed ones start beside their predecessors,
  /// which serve until the new ones are ready. `done` is called once with success when every pinned function is
  /// ready, or with what went wrong; then the former group is running again, complete.
  virtual void activate(StagedGroup staged, std::function<void(Result<void>)> done) = 0;

  /// Start-up: runs the saved group as it is. What does not start is reported by `done`, and the rest runs all the
  /// same.
  virtual void restore(StagedGroup staged, std::function<void(Result<void>)> done) = 0;

  /// What the status of a deployment should say of the group that runs although it succeeded, as sentences.
  virtual std::vector<std::string> remarks() const = 0;

  /// Stops everything (a reset).
  virtual void deactivate(std::function<void()> done) = 0;
};

}  // namespace fescue
