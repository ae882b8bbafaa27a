// Group parts come, fail, are replaced and go together.
#include "core/core_group_host.h"

namespace fescue {

void CoreGroupHost::activate(StagedGroup staged, GroupPart::Done done) {
  if (activation_) return done(Error(Code::conflict, "another change of the group is under way"));
  activation_ = Activation{std::move(staged), std::move(done)};
  prepare_next();
}

void CoreGroupHost::prepare_next() {
  if (activation_->prepared == parts_.size()) return end_activation(ok());
  parts_[activation_->prepared].get().prepare(activation_->staged, [this](Result<void> prepared) {
    if (!prepared) return end_activation(std::move(prepared));
    ++activation_->prepared;
    prepare_next();
  });
}

void CoreGroupHost::end_activation(Result<void> outcome) {
  const Activation ended = std::move(*activation_);
  activation_.reset();
  if (outcome) {
    for (GroupPart& part : parts_) part.commit();
  } else {
    for (std::size_t i = ended.prepared; i > 0; --i) parts_[i - 1].get().roll_back();
  }
  ended.done(std::move(outcome));
}

void CoreGroupHost::restore(StagedGroup staged, GroupPart::Done done) {
  struct Restoration {
    std::size_t under_way;
    Result<void> outcome;  // the first failure, if any
    GroupPart::Done done;
  };
  if (parts_.empty()) return done(ok());
  const auto restoration = std::make_shared<Restoration>(Restoration{parts_.size(), ok(), std::move(done)});
  for (GroupPart& part : parts_) {
    part.restore(staged, [restoration](Result<void> restored) {
      if (restoration->outcome && !restored) restoration->outcome = std::move(restored);
      if (--restoration->under_way == 0) restoration->done(std::move(restoration->outcome));
    });
  }
}

std::vector<std::string> CoreGroupHost::remarks() const {
  std::vector<std::string> out;
  for (const GroupPart& part : parts_) {
    for (std::string& remark : part.remarks()) out.push_back(std::move(remark));
  }
  return out;
}

void CoreGroupHost::deactivate(std::function<void()> done) { deactivate_first(parts_.size(), std::move(done)); }

/// From the `count`th part down to the first, each when the one before has ended.
void CoreGroupHost::deactivate_first(std::size_t count, std::function<void()> done) {
  if (count == 0) return done();
  parts_[count - 1].get().deactivate([this, count, done = std::move(done)] { deactivate_first(count - 1, done); });
}

}  // namespace fescue
