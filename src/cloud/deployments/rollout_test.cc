// Deployments through a real broker and database, with a core that the test plays.
#include "cloud/deployments/rollout.h"

#include <gmock/gmock.h>

#include "cloud/deployments/rollout_test_support.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/group_store.h"
#include "model/group_json.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RolloutTest : public RolloutTestBase {};

TEST_F(RolloutTest, TellsTheCoreAndTakesItsReport) {
  const std::string version = usual_version();
  std::optional<PoolGate> gate(std::in_place, io_, pool_);
  const HttpResponse begun = try_deploy(group_, version);
  const std::string id = text(json_of(begun), "DeploymentId");
  EXPECT_EQ(text(json_of(begun), "DeploymentArn"),
            "arn:aws:greengrass:us-west-2:123456789012:/greengrass/groups/" + group_ + "/deployments/" + id);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Building");
  gate.reset();
  built(begun);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "InProgress");
  EXPECT_EQ(text(status(id), "DeploymentType"), "NewDeployment");
  EXPECT_FALSE(status(id).as_object().contains("ErrorMessage"));
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].deployment.str(), id);
  EXPECT_EQ(notices_[0].group.str(), group_);

  now_ += std::chrono::seconds(5);
  report(id, DeploymentStatus::in_progress);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "InProgress");
  report(id, DeploymentStatus::success);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_FALSE(status(id).as_object().contains("ErrorMessage"));
  EXPECT_EQ(text(status(id), "UpdatedAt"), "2026-11-22T19:54:07.123Z");
  EXPECT_THAT(notices_, SizeIs(1));
}

TEST_F(RolloutTest, ASuccessKeepsWhatTheCoreRemarks) {
  const std::string id = deploy(group_, usual_version());
  report(id, DeploymentStatus::success, "nodejs6.10 runs on Node.js 20");
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_EQ(text(status(id), "ErrorMessage"), "nodejs6.10 runs on Node.js 20");
  EXPECT_FALSE(status(id).as_object().contains("ErrorDetails"));
}

TEST_F(RolloutTest, FreezesASignedDocument) {
  const std::string id = deploy(group_, usual_version());
  const auto frozen = DeploymentStore(database_).document(DeploymentId(id)).value();
  ASSERT_TRUE(frozen);
  EXPECT_TRUE(verify_signature(frozen->certificate_pem, frozen->json, frozen->signature));
  const auto document = parse_deployment_document(frozen->json);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(document->group.functions.at(0).arn.qualifier(), "1");
  EXPECT_THAT(frozen->artifacts, testing::ElementsAre(document->group.functions.at(0).artifact));
}

TEST_F(RolloutTest, AFailureHasTheCoresReason) {
  const std::string id = deploy(group_, usual_version());
  report(id, DeploymentStatus::failure, "no python3.11 here");
  const json::value failed = status(id);
  EXPECT_EQ(text(failed, "DeploymentStatus"), "Failure");
  EXPECT_EQ(text(failed, "ErrorMessage"), "no python3.11 here");
  EXPECT_EQ(failed.at("ErrorDetails"), json::parse(R"([{"DetailedErrorCode":"C","DetailedErrorMessage":"m"}])"));
  EXPECT_EQ(greengrass("DELETE", "/groups/" + group_).status, 200U);
}

TEST_F(RolloutTest, WhatCannotRunFailsWhileBuilding) {
  ASSERT_EQ(lambda("DELETE", "/hello/aliases/prod").status, 204U);
  ASSERT_EQ(
      iot("PUT", "/certificates/" + certificate_arn_.substr(certificate_arn_.rfind('/') + 1) + "?newStatus=INACTIVE")
          .status,
      200U);
  const std::string id = deploy(group_, usual_version());
  const json::value failed = status(id);
  EXPECT_EQ(text(failed, "DeploymentStatus"), "Failure");
  EXPECT_THAT(text(failed, "ErrorMessage"),
              HasSubstr("Deployment " + id + " of type NewDeployment for group " + group_ +
                        " failed error: Error while processing. group config is invalid: "));
  EXPECT_EQ(failed.at("ErrorDetails").as_array().size(), 2U);
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(RolloutTest, ADeletedDefinitionFailsWhileBuilding) {
  const std::string functions = function_definition();
  const std::string version = group_version(group_, core_definition("core", certificate_arn_), functions);
  const std::string id_and_rest = functions.substr(functions.find("/functions/") + 11);
  ASSERT_EQ(greengrass("DELETE", "/definition/functions/" + id_and_rest.substr(0, 36)).status, 200U);
  const std::string id = deploy(group_, version);
  EXPECT_THAT(text(status(id), "ErrorMessage"), HasSubstr("was deleted"));
}

TEST_F(RolloutTest, ExecutablesAreLookedInto) {
  ASSERT_EQ(lambda("PUT", "/hello/configuration",
                   R"({"Runtime":"arn:aws:greengrass:::runtime/function/executable","Handler":"nope"})")
                .status,
            200U);
  publish("hello");
  const std::string cores = core_definition("core", certificate_arn_);
  const std::string bad = deploy(group_, group_version(group_, cores, function_definition("2")));
  EXPECT_THAT(text(status(bad), "ErrorMessage"), HasSubstr("there is no file \"nope\" in the package"));
  const std::string good =
      deploy(group_, group_version(group_, cores, function_definition("2", R"({"Executable":"app.py"})")));
  EXPECT_EQ(text(status(good), "DeploymentStatus"), "InProgress");
}

TEST_F(RolloutTest, OneAtATime) {
  const std::string version = usual_version();
  const std::string id = deploy(group_, version);
  for (const HttpResponse& refused : {try_deploy(group_, version), reset(group_)}) {
    expect_error(refused, 400, "BadRequestException");
    EXPECT_EQ(json_of(refused).at("ErrorDetails").at(0).at("DetailedErrorCode"), "ConcurrentDeployment");
  }
  report(id, DeploymentStatus::success);
  EXPECT_EQ(try_deploy(group_, version).status, 200U);
}

TEST_F(RolloutTest, ARedeploymentResolvesAliasesAnew) {
  const std::string first = deploy(group_, usual_version());
  report(first, DeploymentStatus::success);
  describe("hello", "second");
  ASSERT_EQ(publish("hello"), "2");
  ASSERT_EQ(lambda("PUT", "/hello/aliases/prod", R"({"FunctionVersion":"2"})").status, 200U);
  const std::string second =
      built(greengrass("POST", "/groups/" + group_ + "/deployments",
                       fmt::format(R"({{"DeploymentType":"Redeployment","DeploymentId":"{}"}})", first)));
  EXPECT_NE(second, first);
  EXPECT_EQ(text(status(second), "DeploymentType"), "Redeployment");
  const auto frozen = DeploymentStore(database_).document(DeploymentId(second)).value();
  EXPECT_EQ(parse_deployment_document(frozen->json)->group.functions.at(0).arn.qualifier(), "2");
  EXPECT_EQ(notices_.back().type, DeploymentType::redeployment);

  const json::value list = json_of(greengrass("GET", "/groups/" + group_ + "/deployments"));
  ASSERT_EQ(list.at("Deployments").as_array().size(), 2U);
  EXPECT_EQ(text(list.at("Deployments").at(0), "DeploymentId"), second);
  EXPECT_EQ(list.at("Deployments").at(0).at("GroupArn"), list.at("Deployments").at(1).at("GroupArn"));
  EXPECT_THAT(text(list.at("Deployments").at(0), "GroupArn"),
              HasSubstr(":/greengrass/groups/" + group_ + "/versions/"));
}

TEST_F(RolloutTest, ACoreThatWasAwayIsToldWhenItSaysHello) {
  const std::string id = deploy(group_, usual_version());
  notices_.clear();
  hello();
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].deployment.str(), id);
  hello(std::nullopt, "other");
  EXPECT_THAT(notices_, SizeIs(1));
  report(id, DeploymentStatus::success);
  hello(DeploymentId(id));
  EXPECT_THAT(notices_, SizeIs(1));
}

TEST_F(RolloutTest, AHelloThatAlreadyRunsItIsASuccess) {
  const std::string id = deploy(group_, usual_version());
  hello(DeploymentId(id));
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
}

TEST_F(RolloutTest, OnlyTheDeploymentsOwnCoreIsHeard) {
  const std::string id = deploy(group_, usual_version());
  report(id, DeploymentStatus::success, "", "other");
  say(report_topic(ThingName("core")), "not json");
  say(hello_topic(ThingName("core")), "not json");
  report("00000000-0000-4000-8000-000000000000", DeploymentStatus::success);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "InProgress");
}

TEST_F(RolloutTest, AResetWaitsForTheCore) {
  report(deploy(group_, usual_version()), DeploymentStatus::success);
  expect_error(greengrass("DELETE", "/groups/" + group_), 400, "BadRequestException");
  notices_.clear();
  const std::string id = built(reset(group_));
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "InProgress");
  EXPECT_EQ(text(status(id), "DeploymentType"), "ResetDeployment");
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].type, DeploymentType::reset);
  const auto frozen = DeploymentStore(database_).document(DeploymentId(id)).value();
  EXPECT_EQ(parse_deployment_document(frozen->json)->type, DeploymentType::reset);
  report(id, DeploymentStatus::success);
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_EQ(greengrass("DELETE", "/groups/" + group_).status, 200U);
}

TEST_F(RolloutTest, AForcedResetTakesThePlaceOfWhatIsOnItsWay) {
  const std::string stuck = deploy(group_, usual_version());
  notices_.clear();
  const std::string id = built(reset(group_, true));
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_EQ(text(status(id), "DeploymentType"), "ForceResetDeployment");
  EXPECT_EQ(text(status(stuck), "DeploymentStatus"), "Failure");
  EXPECT_THAT(text(status(stuck), "ErrorMessage"), HasSubstr("given up by a forced reset"));
  report(stuck, DeploymentStatus::success);  // too late
  EXPECT_EQ(text(status(stuck), "DeploymentStatus"), "Failure");

  // The core still cleans up when it appears, even if the group is gone by then.
  EXPECT_EQ(greengrass("DELETE", "/groups/" + group_).status, 200U);
  notices_.clear();
  hello(DeploymentId(stuck));
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].deployment.str(), id);
  report(id, DeploymentStatus::success);
  hello();
  EXPECT_THAT(notices_, SizeIs(1));
}

TEST_F(RolloutTest, AForcedResetStopsABuild) {
  const std::string version = usual_version();
  std::optional<PoolGate> gate(std::in_place, io_, pool_);
  const std::string stuck = text(json_of(try_deploy(group_, version)), "DeploymentId");
  const std::string id = text(json_of(reset(group_, true)), "DeploymentId");
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_EQ(text(status(stuck), "DeploymentStatus"), "Failure");
  gate.reset();
  run_until([&] { return tasks_.size() == 0; });
  run_ready();
  EXPECT_EQ(text(status(stuck), "DeploymentStatus"), "Failure");
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(RolloutTest, AResetOfWhatWasNeverDeployedHasNothingToDo) {
  const std::string id = text(json_of(reset(group_)), "DeploymentId");
  EXPECT_EQ(text(status(id), "DeploymentStatus"), "Success");
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(RolloutTest, ACoreMovesToAnotherGroupAfterAReset) {
  report(deploy(group_, usual_version()), DeploymentStatus::success);
  const std::string other = text(made("/groups", R"({"Name":"other"})"), "Id");
  const std::string version = group_version(other, core_definition("core", certificate_arn_), function_definition());
  EXPECT_THAT(text(status(other, deploy(other, version)), "ErrorMessage"),
              HasSubstr("reset-deployments --group-id " + group_));
  report(built(reset(group_)), DeploymentStatus::success);
  EXPECT_EQ(text(status(other, deploy(other, version)), "DeploymentStatus"), "InProgress");
}

TEST_F(RolloutTest, AGroupMovesToAnotherCoreAfterAReset) {
  report(deploy(group_, usual_version()), DeploymentStatus::success);
  const std::string version = group_version(group_, core_definition("core2", add_core("core2")), function_definition());
  EXPECT_THAT(text(status(deploy(group_, version)), "ErrorMessage"), HasSubstr("deployed on the core core"));
}

TEST_F(RolloutTest, AFailedDeploymentLeavesTheForcedResetWaiting) {
  report(deploy(group_, usual_version()), DeploymentStatus::success);
  const std::string undo = built(reset(group_, true));
  const std::string next = deploy(group_, usual_version());
  notices_.clear();
  report(next, DeploymentStatus::failure, "cannot");
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].deployment.str(), undo);
}

TEST_F(RolloutTest, GoesOnAfterARestart) {
  const std::string waiting = deploy(group_, usual_version());
  const std::string other = text(made("/groups", R"({"Name":"other"})"), "Id");
  const std::string version = group_version(other, core_definition("core2", add_core("core2")), function_definition());
  std::optional<PoolGate> gate(std::in_place, io_, pool_);
  const std::string building = text(json_of(try_deploy(other, version)), "DeploymentId");
  tasks_.stop();  // in the middle of the build
  gate.reset();
  run_until([&] { return tasks_.size() == 0; });
  ASSERT_EQ(status_in_store(building), DeploymentStatus::building);

  TaskGroup tasks(io_);
  Rollout again(rollout_ports(tasks));
  ASSERT_TRUE(again.start());
  run_until([&] { return status_in_store(building) == DeploymentStatus::in_progress; });
  EXPECT_EQ(status_in_store(waiting), DeploymentStatus::in_progress);
}

TEST_F(RolloutTest, PackagesThatNobodyRefersToGoAtTheNextStart) {
  report(deploy(group_, usual_version()), DeploymentStatus::success);
  const auto deployed = FunctionStore(database_).artifacts().value();
  const ArtifactHash stray = artifacts_.put("stray").value();
  ASSERT_EQ(lambda("DELETE", "/hello").status, 204U);
  TaskGroup tasks(io_);
  Rollout again(rollout_ports(tasks));
  ASSERT_TRUE(again.start());
  EXPECT_FALSE(artifacts_.read(stray));
  for (const ArtifactHash& kept : deployed) EXPECT_TRUE(artifacts_.read(kept));
}

TEST_F(RolloutTest, RequestsAreChecked) {
  const std::string path = "/groups/" + group_ + "/deployments";
  const std::string version = usual_version();
  expect_error(greengrass("POST", path, "{}"), 400, "BadRequestException");
  expect_error(greengrass("POST", path, R"({"DeploymentType":"ResetDeployment"})"), 400, "BadRequestException");
  expect_error(greengrass("POST", path, R"({"DeploymentType":"NewDeployment"})"), 400, "BadRequestException");
  expect_error(greengrass("POST", path, R"({"DeploymentType":"Redeployment"})"), 400, "BadRequestException");
  expect_error(greengrass("POST", path, R"({"DeploymentType":"NewDeployment","GroupVersionId":"none"})"), 404,
               "VersionNotFoundException");
  expect_error(greengrass("POST", path, R"({"DeploymentType":"Redeployment","DeploymentId":"none"})"), 404,
               "IdNotFoundException");
  expect_error(try_deploy("none", version), 404, "IdNotFoundException");
  expect_error(reset("none"), 404, "IdNotFoundException");
  expect_error(greengrass("GET", path + "/none/status"), 404, "IdNotFoundException");
  expect_error(greengrass("GET", "/groups/none/deployments"), 404, "IdNotFoundException");
  EXPECT_EQ(
      greengrass("POST", path, fmt::format(R"({{"DeploymentType":"Redeployment","GroupVersionId":"{}"}})", version))
          .status,
      200U);
}

}  // namespace
}  // namespace fescue::cloud
