// The states of deployments in a database in memory.
#include "cloud/store/deployment_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/store/group_store.h"
#include "tests/fakes/memory_database.h"

namespace fescue::cloud {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const ThingName kCore("core");

class DeploymentStoreTest : public testing::Test {
 protected:
  DeploymentId create(const std::string& id, const std::string& group = "g",
                      DeploymentType type = DeploymentType::new_deployment) {
    DeploymentRecord record;
    record.id = DeploymentId(id);
    record.group = GroupId(group);
    record.group_version = "v";
    record.type = type;
    EXPECT_TRUE(store_.create(record));
    return record.id;
  }
  DeploymentId frozen(const std::string& id, const std::string& group = "g",
                      DeploymentType type = DeploymentType::new_deployment,
                      DeploymentStatus next = DeploymentStatus::in_progress) {
    const DeploymentId made = create(id, group, type);
    const FrozenDocument document{"{" + id + "}", std::string("\0\1", 2), "PEM", {ArtifactHash("hash of " + id)}, {}};
    EXPECT_TRUE(store_.freeze(made, kCore, document, next, WallTime()).value());
    return made;
  }
  void succeed(const DeploymentId& id) { ASSERT_TRUE(store_.finish(id, {}, WallTime())); }
  void fail(const DeploymentId& id) {
    ASSERT_TRUE(store_.finish(id, {DeploymentStatus::failure, "why", {{"Code", "detail"}}}, WallTime()));
  }
  std::string waiting() {
    const auto found = store_.waiting_for(kCore).value();
    return found ? found->id.str() : "none";
  }
  std::string in_effect(const std::string& group = "g") {
    const auto found = store_.in_effect(GroupId(group)).value();
    return found ? found->id.str() : "none";
  }
  bool has_document(const DeploymentId& id) { return store_.document(id).value().has_value(); }

  Database database_ = memory_database();
  DeploymentStore store_{database_};
};

TEST_F(DeploymentStoreTest, GoesFromBuildingToSuccess) {
  const DeploymentId id = create("d1");
  EXPECT_EQ(store_.active(GroupId("g")).value()->status, DeploymentStatus::building);
  EXPECT_EQ(store_.building().value().size(), 1u);
  EXPECT_EQ(waiting(), "none");
  const FrozenDocument document{"{}", std::string("\0\1", 2), "PEM", {ArtifactHash("aa")}, {}};
  EXPECT_TRUE(store_.freeze(id, kCore, document, DeploymentStatus::in_progress, WallTime()).value());
  EXPECT_EQ(store_.active(GroupId("g")).value()->status, DeploymentStatus::in_progress);
  EXPECT_EQ(waiting(), "d1");
  EXPECT_EQ(in_effect(), "none");
  EXPECT_EQ(store_.document(id).value()->signature, std::string("\0\1", 2));
  EXPECT_THAT(store_.document(id).value()->artifacts, ElementsAre(ArtifactHash("aa")));
  EXPECT_TRUE(store_.refers_to(kCore, ArtifactHash("aa")).value());
  EXPECT_FALSE(store_.refers_to(ThingName("other"), ArtifactHash("aa")).value());
  succeed(id);
  EXPECT_FALSE(store_.active(GroupId("g")).value());
  EXPECT_EQ(waiting(), "none");
  EXPECT_EQ(in_effect(), "d1");
  EXPECT_TRUE(has_document(id));
}

TEST_F(DeploymentStoreTest, IsFrozenOnce) {
  const DeploymentId id = frozen("d1");
  EXPECT_FALSE(store_.freeze(id, kCore, {}, DeploymentStatus::in_progress, WallTime()).value());
  EXPECT_EQ(store_.document(id).value()->json, "{d1}");
}

TEST_F(DeploymentStoreTest, AFailureKeepsWhatIsInEffect) {
  succeed(frozen("d1"));
  const DeploymentId bad = frozen("d2");
  fail(bad);
  EXPECT_EQ(in_effect(), "d1");
  EXPECT_TRUE(has_document(DeploymentId("d1")));
  EXPECT_FALSE(has_document(bad));
  const auto record = store_.find(bad).value();
  EXPECT_EQ(record->message, "why");
  EXPECT_THAT(record->details, ElementsAre(ErrorDetail{"Code", "detail"}));
}

TEST_F(DeploymentStoreTest, ASuccessMakesOlderDocumentsGo) {
  succeed(frozen("d1"));
  succeed(frozen("d2"));
  EXPECT_FALSE(has_document(DeploymentId("d1")));
  EXPECT_THAT(store_.artifacts().value(), ElementsAre(ArtifactHash("hash of d2")));
}

TEST_F(DeploymentStoreTest, AResetUndoesWhatIsInEffect) {
  succeed(frozen("d1"));
  EXPECT_EQ(store_.in_effect_on(kCore).value()->id.str(), "d1");
  const DeploymentId reset = frozen("r", "g", DeploymentType::reset);
  EXPECT_EQ(in_effect(), "d1");
  succeed(reset);
  EXPECT_EQ(in_effect(), "none");
  EXPECT_FALSE(store_.in_effect_on(kCore).value());
  EXPECT_THAT(store_.artifacts().value(), IsEmpty());
}

TEST_F(DeploymentStoreTest, AForcedResetSucceedsAtOnceAndStillWaits) {
  succeed(frozen("d1"));
  const DeploymentId reset = frozen("r", "g", DeploymentType::force_reset, DeploymentStatus::success);
  EXPECT_EQ(in_effect(), "none");
  EXPECT_FALSE(store_.active(GroupId("g")).value());
  EXPECT_EQ(waiting(), "r");
  EXPECT_TRUE(has_document(reset));
  ASSERT_TRUE(store_.stop_waiting(reset));
  EXPECT_EQ(waiting(), "none");
  EXPECT_FALSE(has_document(reset));
  EXPECT_FALSE(has_document(DeploymentId("d1")));
  EXPECT_EQ(store_.find(reset).value()->status, DeploymentStatus::success);
}

TEST_F(DeploymentStoreTest, ANewerSuccessEndsOlderWaiting) {
  frozen("r", "g", DeploymentType::force_reset, DeploymentStatus::success);
  const DeploymentId next = frozen("d2", "other");
  EXPECT_EQ(waiting(), "d2");
  succeed(next);
  EXPECT_EQ(waiting(), "none");
  EXPECT_EQ(in_effect("other"), "d2");
}

TEST_F(DeploymentStoreTest, ANewerFailureDoesNot) {
  frozen("r", "g", DeploymentType::force_reset, DeploymentStatus::success);
  fail(frozen("d2", "other"));
  EXPECT_EQ(waiting(), "r");
}

TEST_F(DeploymentStoreTest, ListsTheNewestFirst) {
  for (const char* id : {"a", "b", "c"}) create(id);
  create("x", "other");
  const auto first = store_.list(GroupId("g"), DeploymentStore::kFromTheNewest, 2).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].id.str(), "c");
  EXPECT_EQ(store_.list(GroupId("g"), first[1].sequence, 2).value().size(), 1u);
}

TEST_F(DeploymentStoreTest, ADeletedGroupKeepsOnlyWhatACoreWaitsFor) {
  succeed(frozen("d1"));
  frozen("r", "g", DeploymentType::force_reset, DeploymentStatus::success);
  ASSERT_TRUE(store_.remove_group(GroupId("g")));
  EXPECT_FALSE(store_.find(DeploymentId("d1")).value());
  EXPECT_EQ(waiting(), "r");
}

TEST(GroupStoreTest, KeepsSignerAndRoles) {
  Database database = memory_database();
  GroupStore store(database);
  const GroupId group("g");
  EXPECT_FALSE(store.signer(group).value());
  ASSERT_TRUE(store.put_signer(group, {"key", "certificate"}));
  EXPECT_EQ(store.signer(group).value()->certificate_pem, "certificate");
  ASSERT_TRUE(store.put_role(group, {"arn:1", from_epoch_milliseconds(5)}));
  ASSERT_TRUE(store.put_role(group, {"arn:2", from_epoch_milliseconds(6)}));
  ASSERT_TRUE(store.put_role(GroupId(), {"arn:service", WallTime()}));
  EXPECT_EQ(store.role(group).value()->arn, "arn:2");
  EXPECT_EQ(store.role(group).value()->associated, from_epoch_milliseconds(6));
  ASSERT_TRUE(store.remove(group));
  EXPECT_FALSE(store.role(group).value());
  EXPECT_FALSE(store.signer(group).value());
  EXPECT_EQ(store.role(GroupId()).value()->arn, "arn:service");
}

}  // namespace
}  // namespace fescue::cloud
