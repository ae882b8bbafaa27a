// Functions, versions and aliases in a database in memory.
#include "cloud/store/function_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/memory_database.h"

namespace fescue::cloud {
namespace {

using testing::ElementsAre;

class FunctionStoreTest : public testing::Test {
 protected:
  static LambdaVersion latest(const std::string& name, const std::string& code = "aa") {
    LambdaVersion version;
    version.name = name;
    version.configuration.runtime = "python3.11";
    version.configuration.handler = "app.handler";
    version.configuration.environment = std::map<std::string, std::string>{{"A", "1"}};
    version.code = {ArtifactHash(code), 10};
    version.last_modified = from_epoch_milliseconds(1000);
    version.revision_id = "r1";
    return version;
  }
  void create(const std::string& name) { ASSERT_TRUE(store_.create(latest(name), {{"team", "a"}})); }
  std::int64_t publish(const std::string& name) {
    return store_.publish(name, std::nullopt, WallTime()).value().number;
  }
  static std::vector<std::string> names(const std::vector<LambdaVersion>& versions) {
    std::vector<std::string> out;
    for (const auto& version : versions) out.push_back(version.name + ":" + std::to_string(version.number));
    return out;
  }

  Database database_ = memory_database();
  FunctionStore store_{database_};
};

TEST_F(FunctionStoreTest, GivesBackWhatWasStored) {
  create("hello");
  const auto found = store_.find("hello", kLatest);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->configuration, latest("hello").configuration);
  EXPECT_EQ((*found)->code, latest("hello").code);
  EXPECT_EQ((*found)->last_modified, from_epoch_milliseconds(1000));
  EXPECT_EQ((*found)->revision_id, "r1");
  EXPECT_EQ(store_.tags("hello").value().at("team"), "a");
  EXPECT_FALSE(store_.find("hello", 1).value());
  EXPECT_EQ(store_.create(latest("hello"), {}).error().code(), Code::already_exists);
}

TEST_F(FunctionStoreTest, AnEnvironmentThatWasNeverSetStaysAbsent) {
  LambdaVersion version = latest("hello");
  version.configuration.environment.reset();
  ASSERT_TRUE(store_.create(version, {}));
  EXPECT_FALSE((*store_.find("hello", kLatest).value()).configuration.environment);
}

TEST_F(FunctionStoreTest, VersionsAreCopiesNumberedFromOne) {
  create("hello");
  const auto first = store_.publish("hello", "the first", from_epoch_milliseconds(2000));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->number, 1);
  EXPECT_EQ(first->configuration.description, "the first");
  EXPECT_NE(first->revision_id, "r1");

  LambdaVersion changed = latest("hello", "bb");
  changed.configuration.handler = "app.other";
  ASSERT_TRUE(store_.update_latest(changed));
  EXPECT_EQ((*store_.find("hello", 1).value()).configuration.handler, "app.handler");
  EXPECT_EQ((*store_.find("hello", 1).value()).code.hash.str(), "aa");
  EXPECT_EQ(publish("hello"), 2);
}

TEST_F(FunctionStoreTest, NothingChangedMeansNoNewVersion) {
  create("hello");
  EXPECT_EQ(publish("hello"), 1);
  EXPECT_EQ(store_.publish("hello", "other words", WallTime()).value().number, 1);
  ASSERT_TRUE(store_.update_latest(latest("hello")));  // the same again
  EXPECT_EQ(publish("hello"), 1);
  LambdaVersion described = latest("hello");
  described.configuration.description = "second";
  ASSERT_TRUE(store_.update_latest(described));
  EXPECT_EQ(publish("hello"), 2);
  // Back to what version 1 was is still a change since version 2.
  ASSERT_TRUE(store_.update_latest(latest("hello")));
  EXPECT_EQ(publish("hello"), 3);
}

TEST_F(FunctionStoreTest, NumbersAreNeverUsedTwice) {
  create("hello");
  EXPECT_EQ(publish("hello"), 1);
  EXPECT_TRUE(store_.remove_version("hello", 1).value());
  EXPECT_FALSE(store_.remove_version("hello", 1).value());
  EXPECT_EQ(publish("hello"), 2);
  EXPECT_TRUE(store_.remove("hello").value());
  EXPECT_FALSE(store_.remove("hello").value());
  EXPECT_FALSE(store_.find("hello", 2).value());
  create("hello");
  EXPECT_EQ(publish("hello"), 3);
}

TEST_F(FunctionStoreTest, AnAliasHoldsItsVersion) {
  create("hello");
  publish("hello");
  LambdaAlias alias{"hello", "prod", 1, "d", "r", {{"2", 0.25}}};
  ASSERT_TRUE(store_.create_alias(alias));
  EXPECT_EQ(store_.create_alias(alias).error().code(), Code::already_exists);
  EXPECT_EQ(store_.remove_version("hello", 1).error().code(), Code::conflict);
  alias.version = 99;
  EXPECT_FALSE(store_.update_alias(alias));
  alias.version = kLatest;
  alias.description = "moved";
  ASSERT_TRUE(store_.update_alias(alias));
  const auto found = store_.find_alias("hello", "prod").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, kLatest);
  EXPECT_EQ(found->description, "moved");
  EXPECT_EQ(found->weights.at("2"), 0.25);
  EXPECT_TRUE(store_.remove_version("hello", 1).value());
  EXPECT_TRUE(store_.remove_alias("hello", "prod").value());
  EXPECT_FALSE(store_.remove_alias("hello", "prod").value());
}

TEST_F(FunctionStoreTest, DeletingAFunctionDeletesItsAliases) {
  create("hello");
  publish("hello");
  ASSERT_TRUE(store_.create_alias({"hello", "prod", 1, "", "r", {}}));
  ASSERT_TRUE(store_.remove("hello").value());
  create("hello");
  EXPECT_FALSE(store_.find_alias("hello", "prod").value());
}

TEST_F(FunctionStoreTest, ListsInOrderAndGoesOn) {
  for (const char* name : {"c", "a", "b"}) create(name);
  publish("a");
  publish("c");
  EXPECT_THAT(names(store_.list("", 2).value()), ElementsAre("a:0", "b:0"));
  EXPECT_THAT(names(store_.list("b", 2).value()), ElementsAre("c:0"));
  EXPECT_THAT(names(store_.list_all({}, 10).value()), ElementsAre("a:0", "a:1", "b:0", "c:0", "c:1"));
  EXPECT_THAT(names(store_.list_all({"a", 1}, 2).value()), ElementsAre("b:0", "c:0"));
  EXPECT_THAT(names(store_.list_versions({"a", -1}, 10).value()), ElementsAre("a:0", "a:1"));
  EXPECT_THAT(names(store_.list_versions({"a", 0}, 10).value()), ElementsAre("a:1"));
}

TEST_F(FunctionStoreTest, ListsAliasesOfAVersion) {
  create("hello");
  publish("hello");
  for (const char* name : {"b", "a"}) ASSERT_TRUE(store_.create_alias({"hello", name, 1, "", "r", {}}));
  ASSERT_TRUE(store_.create_alias({"hello", "latest", kLatest, "", "r", {}}));
  EXPECT_EQ(store_.list_aliases("hello", std::nullopt, "", 10).value().size(), 3u);
  EXPECT_EQ(store_.list_aliases("hello", std::nullopt, "b", 10).value().size(), 1u);
  const auto of_one = store_.list_aliases("hello", 1, "", 10).value();
  ASSERT_EQ(of_one.size(), 2u);
  EXPECT_EQ(of_one[0].name, "a");
}

TEST_F(FunctionStoreTest, KnowsWhichPackagesAreReferredTo) {
  create("hello");
  publish("hello");
  ASSERT_TRUE(store_.update_latest(latest("hello", "bb")));
  EXPECT_THAT(store_.artifacts().value(), ElementsAre(ArtifactHash("aa"), ArtifactHash("bb")));
}

TEST_F(FunctionStoreTest, UnknownFunctionsAreNotFound) {
  EXPECT_EQ(store_.publish("none", std::nullopt, WallTime()).error().code(), Code::not_found);
  EXPECT_EQ(store_.update_latest(latest("none")).error().code(), Code::not_found);
  EXPECT_EQ(store_.tags("none").error().code(), Code::not_found);
  EXPECT_EQ(store_.set_tags("none", {}).error().code(), Code::not_found);
}

}  // namespace
}  // namespace fescue::cloud
