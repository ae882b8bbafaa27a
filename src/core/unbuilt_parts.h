// The group part of what groups of V1 name and this core does not have yet: system functions, CloudWatch loggers, the
// sync of shadows. Such a group runs, and its owner is told what is missing: in the status of the deployment,
// in `fescue status` and in the log (docs/compatibility/groups.md#system-functions). Who builds such a part takes its
// row out of the table in unbuilt_parts.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/ports/group_part.h"
#include "engine/ports/status_source.h"

namespace fescue {

/// What of the group does nothing on this core, as sentences. Pure.
std::vector<std::string> unbuilt_parts(const Group& group);

class UnbuiltParts final : public GroupPart, public StatusSource {
 public:
  void prepare(StagedGroup staged, Done done) override;
  void commit() override;
  void roll_back() override { prepared_.clear(); }
  void deactivate(std::function<void()> done) override;
  std::vector<std::string> remarks() const override { return named_; }

  void add_status(boost::json::object&) const override {}
  void add_metrics(MetricsText& out) const override;
  std::vector<std::string> warnings() const override { return named_; }

 private:
  std::vector<std::string> prepared_, named_;
};

}  // namespace fescue
