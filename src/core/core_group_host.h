// The core's GroupHost: takes an ordered list of group parts from one group to the next, all or none of them. It knows
// nothing of what they are.
//
// At a deployment each part prepares when those before it are ready, while the former group serves; then all commit in
// one turn of the loop, so that a message goes to the old version or the new, and to one of them always. At start-up
// nothing runs that could go on meanwhile: all parts restore at once, and a slow one keeps no other waiting.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/ports/group_host.h"

namespace fescue {

class CoreGroupHost final : public GroupHost {
 public:
  using Parts = std::vector<std::reference_wrapper<GroupPart>>;

  /// In the order in which they prepare and commit; they roll back and end in reverse. They outlive the host.
  explicit CoreGroupHost(Parts parts) : parts_(std::move(parts)) {}

  /// Error, besides what a part refuses: conflict while another activation is under way.
  void activate(StagedGroup staged, GroupPart::Done done) override;
  void restore(StagedGroup staged, GroupPart::Done done) override;
  std::vector<std::string> remarks() const override;
  void deactivate(std::function<void()> done) override;

 private:
  struct Activation {
    StagedGroup staged;
    GroupPart::Done done;
    std::size_t prepared = 0;  // parts, from the first
  };

  void prepare_next();
  void end_activation(Result<void> outcome);
  void deactivate_first(std::size_t count, std::function<void()> done);

  Parts parts_;
  std::optional<Activation> activation_;
};

}  // namespace fescue
