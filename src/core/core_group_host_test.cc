// Groups of toy parts that write down what they are told.
#include "core/core_group_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Story = std::vector<std::string>;

class ToyPart final : public GroupPart {
 public:
  ToyPart(std::string name, Story& story) : name_(std::move(name)), story_(story) {}

  void prepare(StagedGroup, Done done) override {
    tell("prepare");
    answer_or_hold(std::move(done));
  }
  void commit() override { tell("commit"); }
  void roll_back() override { tell("roll_back"); }
  void deactivate(std::function<void()> done) override {
    tell("deactivate");
    if (held) std::exchange(held, {})(Error(Code::cancelled, "deactivated"));
    ending = std::move(done);
    if (!holds) std::exchange(ending, {})();
  }
  std::vector<std::string> remarks() const override { return {"of " + name_}; }

  Result<void> answer = ok();
  bool holds = false;  // its answers
  Done held;
  std::function<void()> ending;

 private:
  void tell(std::string_view verb) { story_.push_back(std::string(verb) + " " + name_); }
  void answer_or_hold(Done done) {
    if (holds) {
      held = std::move(done);
    } else {
      done(answer);
    }
  }

  std::string name_;
  Story& story_;
};

class CoreGroupHostTest : public testing::Test {
 protected:
  GroupPart::Done outcome() {
    outcome_.reset();
    return [this](Result<void> result) {
      EXPECT_FALSE(outcome_) << "told twice";
      outcome_ = std::move(result);
    };
  }
  Story story() { return std::exchange(story_, {}); }

  Story story_;
  ToyPart a_{"a", story_}, b_{"b", story_}, c_{"c", story_};
  CoreGroupHost host_{{a_, b_, c_}};
  std::optional<Result<void>> outcome_;
  StagedGroup staged_{std::make_shared<Group>(), {}};
};

TEST_F(CoreGroupHostTest, PartsPrepareInOrderAndThenCommitInOrder) {
  host_.activate(staged_, outcome());
  EXPECT_TRUE(outcome_.value());
  EXPECT_THAT(story(), ElementsAre("prepare a", "prepare b", "prepare c", "commit a", "commit b", "commit c"));
  EXPECT_THAT(host_.remarks(), ElementsAre("of a", "of b", "of c"));
}

TEST_F(CoreGroupHostTest, APartWaitsForThoseBeforeItAndNobodyCommitsEarlier) {
  b_.holds = true;
  host_.activate(staged_, outcome());
  EXPECT_THAT(story(), ElementsAre("prepare a", "prepare b"));
  EXPECT_FALSE(outcome_);
  std::exchange(b_.held, {})(ok());
  EXPECT_THAT(story(), ElementsAre("prepare c", "commit a", "commit b", "commit c"));
  EXPECT_TRUE(outcome_.value());
}

TEST_F(CoreGroupHostTest, AFailureRollsBackThoseThatWerePreparedTheLastFirst) {
  c_.answer = Error(Code::internal, "c cannot");
  host_.activate(staged_, outcome());
  EXPECT_EQ(outcome_.value().error().message(), "c cannot");
  EXPECT_THAT(story(), ElementsAre("prepare a", "prepare b", "prepare c", "roll_back b", "roll_back a"));
  c_.answer = ok();
  host_.activate(staged_, outcome());
  EXPECT_TRUE(outcome_.value()) << "the next one is as if nothing had happened";
}

TEST_F(CoreGroupHostTest, OneActivationAtATime) {
  a_.holds = true;
  host_.activate(staged_, [](const Result<void>&) {});
  host_.activate(staged_, outcome());
  EXPECT_EQ(outcome_.value().error().code(), Code::conflict);
  EXPECT_THAT(story(), ElementsAre("prepare a"));
}

TEST_F(CoreGroupHostTest, ARestoreKeepsGoingAndReportsTheFirstFailure) {
  a_.holds = true;
  b_.answer = Error(Code::internal, "b cannot");
  host_.restore(staged_, outcome());
  EXPECT_THAT(story(), ElementsAre("prepare a", "prepare b", "prepare c", "commit c")) << "nobody waits for a";
  EXPECT_FALSE(outcome_);
  std::exchange(a_.held, {})(ok());
  EXPECT_THAT(story(), ElementsAre("commit a"));
  EXPECT_EQ(outcome_.value().error().message(), "b cannot");
}

TEST_F(CoreGroupHostTest, ADeactivationGoesInReverseAndWaitsForAll) {
  b_.holds = true;
  bool ended = false;
  host_.deactivate([&] { ended = true; });
  EXPECT_THAT(story(), ElementsAre("deactivate c", "deactivate b"));
  EXPECT_FALSE(ended);
  std::exchange(b_.ending, {})();
  EXPECT_THAT(story(), ElementsAre("deactivate a"));
  EXPECT_TRUE(ended);
}

TEST_F(CoreGroupHostTest, ADeactivationEndsTheActivationUnderWay) {
  b_.holds = true;
  host_.activate(staged_, outcome());
  b_.holds = false;
  story();
  host_.deactivate([] {});
  EXPECT_EQ(outcome_.value().error().code(), Code::cancelled);
  EXPECT_THAT(story(), ElementsAre("deactivate c", "deactivate b", "roll_back a", "deactivate a"));
}

TEST(CoreGroupHost, WithoutPartsEverythingSucceedsAtOnce) {
  CoreGroupHost host({});
  int calls = 0;
  const auto done = [&](const Result<void>& result) { calls += result ? 1 : 0; };
  host.activate({std::make_shared<Group>(), {}}, done);
  host.restore({std::make_shared<Group>(), {}}, done);
  host.deactivate([&] { ++calls; });
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(host.remarks(), IsEmpty());
}

}  // namespace
}  // namespace fescue
