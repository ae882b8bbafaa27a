// The group part of the core's own log: its level and the space of its file.
#pragma once

#include <functional>
#include <memory>

#include "engine/ports/group_part.h"

namespace fescue {

class SystemLogPart final : public GroupPart {
 public:
  void prepare(StagedGroup staged, Done done) override;
  void commit() override;
  void roll_back() override { prepared_.reset(); }
  void deactivate(std::function<void()> done) override;

 private:
  std::shared_ptr<const Group> prepared_;
};

}  // namespace fescue
