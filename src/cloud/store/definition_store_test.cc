// Definitions in a database in memory.
#include "cloud/store/definition_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/memory_database.h"

namespace fescue::cloud {
namespace {

class DefinitionStoreTest : public testing::Test {
 protected:
  void create(Family family, const std::string& id, const std::string& name = "n") {
    Definition definition{family, id, name, at(1), at(1), "", {{"k", "v"}}, 0};
    ASSERT_TRUE(store_.create(definition));
  }
  static WallTime at(long long ms) { return from_epoch_milliseconds(ms); }

  Database database_ = memory_database();
  DefinitionStore store_{database_};
};

TEST_F(DefinitionStoreTest, AVersionBecomesTheLatest) {
  create(Family::cores, "d");
  EXPECT_EQ(store_.find(Family::cores, "d").value()->latest_version, "");
  ASSERT_TRUE(store_.add_version({"d", "v1", at(5), "{\"Cores\":[]}", 0}));
  ASSERT_TRUE(store_.add_version({"d", "v2", at(6), "{}", 0}));
  const auto found = store_.find(Family::cores, "d").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->latest_version, "v2");
  EXPECT_EQ(found->created, at(1));
  EXPECT_EQ(found->updated, at(6));
  EXPECT_EQ(found->tags.at("k"), "v");
  EXPECT_EQ(store_.find_version("d", "v1").value()->body, "{\"Cores\":[]}");
  EXPECT_FALSE(store_.find_version("d", "v3").value());
}

TEST_F(DefinitionStoreTest, FamiliesDoNotMix) {
  create(Family::cores, "d");
  EXPECT_FALSE(store_.find(Family::groups, "d").value());
  EXPECT_TRUE(store_.list(Family::groups, DefinitionStore::kFromTheNewest, 10).value().empty());
  ASSERT_TRUE(store_.remove(Family::groups, "d"));
  EXPECT_TRUE(store_.find(Family::cores, "d").value());
}

TEST_F(DefinitionStoreTest, ListsTheNewestFirst) {
  for (const char* id : {"a", "b", "c"}) create(Family::groups, id);
  const auto first = store_.list(Family::groups, DefinitionStore::kFromTheNewest, 2).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].id, "c");
  const auto rest = store_.list(Family::groups, first[1].sequence, 2).value();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].id, "a");
  for (const char* version : {"1", "2", "3"}) ASSERT_TRUE(store_.add_version({"a", version, at(1), "{}", 0}));
  const auto versions = store_.list_versions("a", DefinitionStore::kFromTheNewest, 2).value();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].version, "3");
  EXPECT_EQ(store_.list_versions("a", versions[1].sequence, 2).value().size(), 1u);
}

TEST_F(DefinitionStoreTest, RenamesTagsAndRemoves) {
  create(Family::loggers, "d");
  ASSERT_TRUE(store_.add_version({"d", "v1", at(2), "{}", 0}));
  ASSERT_TRUE(store_.rename(Family::loggers, "d", "new", at(9)));
  ASSERT_TRUE(store_.set_tags(Family::loggers, "d", {}));
  const auto found = store_.find(Family::loggers, "d").value();
  EXPECT_EQ(found->name, "new");
  EXPECT_EQ(found->updated, at(9));
  EXPECT_TRUE(found->tags.empty());
  ASSERT_TRUE(store_.remove(Family::loggers, "d"));
  EXPECT_FALSE(store_.find(Family::loggers, "d").value());
  EXPECT_FALSE(store_.find_version("d", "v1").value());
}

}  // namespace
}  // namespace fescue::cloud
