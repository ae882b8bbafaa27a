// What each store says of a row whose JSON a disk or a hand has damaged: an error that names it, and never an end.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/thing_store.h"
#include "shadow/shadow_store.h"
#include "tests/fakes/memory_database.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

/// No JSON; a number that boost writes and nobody reads; JSON of other types.
constexpr const char* kDamages[] = {"", "{", "{\"a\":1e99999}", "[]", "7", "{\"a\":[1]}"};

class DamagedRows : public testing::Test {
 protected:
  DamagedRows() {
    LambdaVersion version;
    version.name = "hello";
    version.configuration.environment = std::map<std::string, std::string>{{"A", "1"}};
    version.code = {ArtifactHash("aa"), 10};
    EXPECT_TRUE(functions_.create(version, {{"team", "a"}}));
    EXPECT_TRUE(functions_.create_alias({"hello", "prod", kLatest, "", "r", {}}));
    EXPECT_TRUE(things_.insert({ThingName("lamp"), "id", {{"room", "1"}}, 1}));
    EXPECT_TRUE(definitions_.create({Family::cores, "d", "n", WallTime(), WallTime(), "", {{"k", "v"}}, 0}));
    EXPECT_TRUE(shadows_.put(ThingName("lamp"), "night", ShadowDocument{}));
    DeploymentRecord record;
    record.id = DeploymentId("d1");
    record.type = DeploymentType::new_deployment;
    EXPECT_TRUE(deployments_.create(record));
  }

  void damage(const std::string& table, const std::string& column, std::string_view text) {
    auto update = database_.prepare("UPDATE " + table + " SET " + column + " = ?1").value();
    ASSERT_TRUE(update.bind(1, text).run());
  }
  /// With each kind of damage in the column, `read` gives an error that names the row.
  void expect_named(const std::string& table, const std::string& column, const std::string& name,
                    const std::function<Error()>& read) {
    for (const char* text : kDamages) {
      damage(table, column, text);
      const Error error = read();
      EXPECT_EQ(error.code(), Code::internal) << table << "." << column << " of " << text << ": " << error.message();
      EXPECT_THAT(error.message(), HasSubstr(name));
      EXPECT_THAT(error.message(), HasSubstr("damaged in the database: "));
    }
  }
  template <class Value>
  static Error error_of(const Result<Value>& result) {
    return result ? Error(Code::cancelled, "it was read") : result.error();
  }

  Database database_ = memory_database();
  FunctionStore functions_{database_};
  ThingStore things_{database_};
  DefinitionStore definitions_{database_};
  DeploymentStore deployments_{database_};
  ShadowStore shadows_{database_};
};

TEST_F(DamagedRows, AreNamedByEachStore) {
  expect_named("lambda_version", "configuration", "the configuration column of version 0 of function hello",
               [&] { return error_of(functions_.find("hello", kLatest)); });
  expect_named("lambda_function", "tags", "the tags column of function hello",
               [&] { return error_of(functions_.tags("hello")); });
  expect_named("lambda_alias", "weights", "the weights column of alias prod of function hello",
               [&] { return error_of(functions_.find_alias("hello", "prod")); });
  expect_named("thing", "attributes", "thing lamp", [&] { return error_of(things_.find(ThingName("lamp"))); });
  expect_named("definition", "tags", "definition d", [&] { return error_of(definitions_.find(Family::cores, "d")); });
}

TEST_F(DamagedRows, EndListingsWithAnErrorAndDoNotStopFilters) {
  damage("lambda_version", "configuration", "{");
  EXPECT_EQ(error_of(functions_.list("", 10)).code(), Code::internal);
  damage("thing", "attributes", "{");
  EXPECT_EQ(error_of(things_.list({}, "", 10)).code(), Code::internal);
  EXPECT_TRUE(things_.list({.attribute_name = "room", .attribute_value = "1"}, "", 10).value().empty());
}

TEST_F(DamagedRows, ADamagedConfigurationIsOneWhateverIsMissing) {
  for (const char* text : {R"({"runtime":"python3.11"})",
                           R"({"runtime":"a","role":"","handler":"","description":"","timeout":3,"memory":128,
                               "architecture":"","echoed":"[]"})",
                           R"({"runtime":"a","role":"","handler":"","description":"","timeout":"3","memory":128,
                               "architecture":"","echoed":"{}"})",
                           R"({"runtime":"a","role":"","handler":"","description":"","timeout":3,"memory":128,
                               "architecture":"","echoed":"{}","environment":{"A":1}})"}) {
    damage("lambda_version", "configuration", text);
    EXPECT_EQ(error_of(functions_.find("hello", kLatest)).code(), Code::internal) << text;
  }
}

TEST_F(DamagedRows, AShadowIsNamed) {
  for (const char* text : {"{", R"({"desired":{"a":1e99999}})", R"({"desired":[]})", "[]"}) {
    damage("shadow", "body", text);
    const Error error = error_of(shadows_.find(ThingName("lamp"), "night"));
    EXPECT_EQ(error.code(), Code::internal) << text;
    EXPECT_THAT(error.message(), HasSubstr("the shadow \"night\" of thing lamp is damaged in the database"));
  }
}

TEST_F(DamagedRows, DetailsOfADeploymentStopNothing) {
  damage("deployment", "details", "{");
  const auto building = deployments_.building();
  ASSERT_TRUE(building);
  EXPECT_THAT(building->at(0).details.at(0).message, HasSubstr("the details column of deployment d1"));
  damage("deployment", "type", "Odd");
  EXPECT_THAT(error_of(deployments_.find(DeploymentId("d1"))).message(), HasSubstr("deployment d1"));
}

}  // namespace
}  // namespace fescue::cloud
