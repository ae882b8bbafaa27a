// Whole deployments with a control plane and a host that the test plays.
#include "deploy/deployment_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/deploy_test_support.h"
#include "deploy/fake_core_api_test_support.h"
#include "deploy/signing_test_support.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/zip_builder.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class TestCloud final : public CloudLink {
 public:
  void publish(const Topic& topic, Payload payload) override {
    EXPECT_EQ(topic.view(), report_topic(test_core().thing_name()));
    reports.push_back(parse_report(payload.view()).value());
  }
  void subscribe(const TopicFilter& filter, Handler handler) override {
    EXPECT_EQ(filter.view(), notify_topic(test_core().thing_name()));
    handler_ = std::move(handler);
  }
  void add_to_hello(std::function<void(CoreHello& hello)> contribution) override { hello_ = std::move(contribution); }
  void set_subscriptions(std::vector<TopicFilter>) override {}
  bool connected() const override { return true; }

  std::vector<std::string> story() const {
    std::vector<std::string> out;
    for (const auto& each : reports) out.push_back(each.deployment.str() + " " + std::string(name_of(each.status)));
    return out;
  }

  void notice(const DeploymentNotice& notice) {
    EXPECT_TRUE(handler_(Topic::parse(notify_topic(test_core().thing_name())).value(), to_json(notice)));
  }
  /// What a hello would say now.
  std::optional<DeploymentId> current() const {
    CoreHello hello;
    hello_(hello);
    return hello.current;
  }

  std::vector<DeploymentReport> reports;

 private:
  Handler handler_;
  std::function<void(CoreHello& hello)> hello_;
};

/// Answers at once, or holds its answer.
class TestHost final : public GroupHost {
 public:
  void activate(StagedGroup staged, std::function<void(Result<void>)> done) override {
    run("activate", std::move(staged), std::move(done));
  }
  void restore(StagedGroup staged, std::function<void(Result<void>)> done) override {
    run("restore", std::move(staged), std::move(done));
    if (on_restore) on_restore();
  }
  void deactivate(std::function<void()> done) override {
    calls.emplace_back("deactivate");
    running = {};
    done();
  }

  std::vector<std::string> remarks() const override { return said; }

  std::vector<std::string> calls, said;
  StagedGroup running;
  Result<void> answer = ok();
  bool hold = false;
  bool lacks_code = false;  // is expected
  std::function<void(Result<void>)> held;
  std::function<void()> on_restore;

 private:
  void run(const char* verb, StagedGroup staged, std::function<void(Result<void>)> done) {
    calls.emplace_back(verb);
    for (const auto& [arn, code] : staged.code) EXPECT_TRUE(lacks_code || std::filesystem::exists(code)) << code;
    if (answer) running = std::move(staged);
    if (hold) {
      held = std::move(done);
    } else {
      done(answer);
    }
  }
};

class DeploymentAgentTest : public testing::Test {
 protected:
  DeploymentAgentTest() { restart(); }

  /// A core that starts with this disk.
  enum class Expect { all_code, missing_code };
  Result<void> restart(Result<void> host_answer = ok(), Expect expect = Expect::all_code) {
    agent_.reset();
    const auto on_restore = std::exchange(host_.on_restore, nullptr);
    host_ = {};
    host_.on_restore = on_restore;
    host_.answer = std::move(host_answer);
    host_.lacks_code = expect == Expect::missing_code;
    cloud_ = {};
    DeploymentAgentOptions options;
    options.deployment_directory = root_;
    options.user_log_directory = directory_.path("log/user");
    options.core = test_core();
    options.ca_pem = signer().ca();
    options.retry = {2, 1ms, 2ms};
    agent_ =
        std::make_unique<DeploymentAgent>(io_, options, DeploymentAgent::Ports{cloud_, host_, api_, files_, pool_});
    Result<void> outcome = Error(Code::internal, "not started");
    asio::co_spawn(io_, agent_->start(), [&](const std::exception_ptr&, Result<void> r) { outcome = std::move(r); });
    run_until_idle();
    return outcome;
  }
  void run_until_idle() {
    io_.restart();
    io_.run();
  }

  void run_until_held() {
    io_.restart();
    while (!host_.held) ASSERT_EQ(io_.run_one(), 1u);
  }

  FunctionConfig package_function(std::string_view name, std::string_view version, const std::string& content) {
    const std::string package = make_zip({{.name = "f", .content = content}});
    FunctionConfig function = make_function(name, version, package);
    api_.artifacts[function.artifact] = package;
    return function;
  }
  void offer(const DeploymentDocument& document) { api_.documents[document.deployment] = signer().sign(document); }
  void notify(const std::string& id, DeploymentType type = DeploymentType::new_deployment) {
    cloud_.notice({DeploymentId(id), type, GroupId("group-1")});
  }
  /// The whole course of one deployment.
  void deploy(const std::string& id, std::vector<FunctionConfig> functions) {
    offer(make_document(id, std::move(functions)));
    notify(id);
    run_until_idle();
  }
  void reset(const std::string& id) {
    DeploymentDocument document;
    document.deployment = DeploymentId(id);
    document.type = DeploymentType::reset;
    offer(document);
    notify(id, DeploymentType::reset);
    run_until_idle();
  }
  std::string code_of(const std::string& short_name) {
    for (const auto& [arn, code] : host_.running.code) {
      if (arn.str().ends_with(short_name)) return read_text(code + "/f");
    }
    return "none";
  }
  std::set<std::string> trees() { return names_in(root_ + "/lambda"); }

  TempDirectory directory_;
  std::string root_ = directory_.path("deployment");
  asio::io_context io_{1};
  BlockingPool pool_;
  FaultyFileSystem files_{real_file_system()};
  FakeCoreApi api_;
  TestCloud cloud_;
  TestHost host_;
  std::unique_ptr<DeploymentAgent> agent_;
};

TEST_F(DeploymentAgentTest, DeploysAGroup) {
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success"));
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
  EXPECT_EQ(agent_->current(), DeploymentId("d1"));
  EXPECT_EQ(agent_->group()->functions.size(), 1u);
  EXPECT_FALSE(files_.exists(root_ + "/download"));
  EXPECT_EQ(read_text(root_ + "/group/group.json"), api_.documents[DeploymentId("d1")].json);
}

TEST_F(DeploymentAgentTest, ASuccessTellsWhatTheHostRemarks) {
  host_.said = {"one", "two"};
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_EQ(cloud_.reports.back().status, DeploymentStatus::success);
  EXPECT_EQ(cloud_.reports.back().message, "one; two");
}

TEST_F(DeploymentAgentTest, StartsTheSavedGroupWithoutTheCloud) {
  deploy("d1", {package_function("Echo", "1", "one")});
  api_ = {};
  ASSERT_TRUE(restart());
  EXPECT_THAT(host_.calls, ElementsAre("restore"));
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
  EXPECT_TRUE(cloud_.reports.empty());
  EXPECT_TRUE(api_.calls.empty());
}

TEST_F(DeploymentAgentTest, WhatIsUnchangedIsNotFetchedAgain) {
  const auto echo = package_function("Echo", "1", "one");
  deploy("d1", {echo});
  api_.calls.clear();
  deploy("d2", {echo, package_function("Other", "1", "other")});
  EXPECT_THAT(api_.calls, ElementsAre("document d2", "artifact at 0"));
  EXPECT_EQ(code_of("Other:1"), "other");
}

TEST_F(DeploymentAgentTest, CodeThatIsNoLongerUsedGoes) {
  deploy("d1", {package_function("Echo", "1", "one"), package_function("Gone", "1", "x")});
  deploy("d2", {package_function("Echo", "2", "two")});
  EXPECT_EQ(code_of("Echo:2"), "two");
  EXPECT_EQ(trees().size(), 1u);
}

TEST_F(DeploymentAgentTest, AFailedActivationKeepsTheFormerGroup) {
  deploy("d1", {package_function("Echo", "1", "one")});
  host_.answer = Error(Code::internal, "worker with w failed to initialize");
  deploy("d2", {package_function("Echo", "2", "two")});
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success", "d2 InProgress", "d2 Failure"));
  const DeploymentReport& failure = cloud_.reports.back();
  EXPECT_EQ(failure.message,
            "Deployment d2 of type NewDeployment for group group-1 failed error: worker with w failed to initialize");
  EXPECT_EQ(failure.details, (std::vector<ErrorDetail>{{"Activate", "worker with w failed to initialize"}}));
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_EQ(trees().size(), 1u);
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
  ASSERT_TRUE(restart());
  EXPECT_EQ(code_of("Echo:1"), "one");
}

TEST_F(DeploymentAgentTest, ALongReasonIsCutBetweenCharacters) {
  std::string reason(8191, 'x');
  for (int i = 0; i < 100000; ++i) reason += "\u00e9";
  host_.answer = Error(Code::internal, reason);
  deploy("d1", {});
  const std::string& told = cloud_.reports.back().details.at(0).message;
  EXPECT_EQ(told, std::string(8191, 'x') + "...");
}

TEST_F(DeploymentAgentTest, FailuresBeforeTheActivationTouchNothing) {
  deploy("d1", {package_function("Echo", "1", "one")});
  host_.calls.clear();
  notify("unknown");
  run_until_idle();
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("no such deployment"));
  offer(make_document("d3", {}));
  api_.documents[DeploymentId("d3")].json += " ";
  notify("d3");
  run_until_idle();
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("not trusted"));
  auto missing = package_function("Echo", "2", "two");
  api_.artifacts.erase(missing.artifact);
  deploy("d4", {missing});
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("no such artifact"));
  auto broken = make_function("Echo", "2", "this is no zip");
  api_.artifacts[broken.artifact] = "this is no zip";
  deploy("d5", {broken});
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("unpacking arn:aws:lambda"));
  auto executable = package_function("Echo", "2", "two");
  executable.runtime = kExecutableRuntime;
  executable.handler = "missing";
  deploy("d6", {executable});
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("/missing: No such file or directory"));
  EXPECT_THAT(cloud_.story(), testing::Contains("d6 Failure"));
  EXPECT_TRUE(host_.calls.empty());
  EXPECT_EQ(trees().size(), 1u);
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
}

TEST_F(DeploymentAgentTest, AnUnverifiedDocumentIsNotInProgress) {
  notify("unknown");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("unknown Failure"));
}

TEST_F(DeploymentAgentTest, AFailedCommitBringsTheFormerGroupBack) {
  deploy("d1", {package_function("Echo", "1", "one")});
  files_.set_free_bytes(0);
  deploy("d2", {package_function("Echo", "2", "two")});
  EXPECT_THAT(cloud_.reports.back().message, HasSubstr("No space left on device"));
  EXPECT_THAT(host_.calls, ElementsAre("activate", "activate", "activate"));
  EXPECT_EQ(code_of("Echo:1"), "one");
  files_.heal();
  ASSERT_TRUE(restart());
  EXPECT_EQ(code_of("Echo:1"), "one");
}

TEST_F(DeploymentAgentTest, AFailedFirstCommitLeavesNothingRunning) {
  files_.set_free_bytes(0);
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_THAT(host_.calls, ElementsAre("activate", "deactivate"));
  EXPECT_EQ(agent_->group(), nullptr);
  EXPECT_TRUE(trees().empty());
}

TEST_F(DeploymentAgentTest, AFaultAnywhereLeavesTheOldGroupOrTheNew) {
  const auto one = package_function("Echo", "1", "one");
  const auto two = package_function("Echo", "1", "two");  // another package, the same version
  for (int change = 1;; ++change) {
    std::filesystem::remove_all(root_);
    files_.heal();
    ASSERT_TRUE(restart());
    deploy("d1", {one});
    files_.heal();
    files_.power_cut_at(change);
    deploy("d2", {two});
    const bool reached = files_.changes() >= change;
    files_.heal();
    ASSERT_TRUE(restart());
    const std::string found = code_of("Echo:1");
    EXPECT_TRUE((found == "one" && cloud_.current() == DeploymentId("d1")) ||
                (found == "two" && cloud_.current() == DeploymentId("d2")))
        << "power cut at change " << change << ": " << found;
    EXPECT_EQ(trees().size(), 1u);
    if (!reached) break;
  }
  EXPECT_EQ(code_of("Echo:1"), "two");
}

TEST_F(DeploymentAgentTest, ResetsRemoveGroupCodeAndUserLogs) {
  deploy("d1", {package_function("Echo", "1", "one")});
  std::filesystem::create_directories(directory_.path("log/user/us-west-2/123456789012"));
  write_text(directory_.path("log/user/us-west-2/123456789012/Echo.log"), "line");
  reset("r1");
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success", "r1 InProgress", "r1 Success"));
  EXPECT_THAT(host_.calls, ElementsAre("activate", "deactivate"));
  EXPECT_EQ(cloud_.current(), std::nullopt);
  EXPECT_TRUE(trees().empty());
  EXPECT_TRUE(names_in(directory_.path("log/user")).empty());
  ASSERT_TRUE(restart());
  EXPECT_TRUE(host_.calls.empty());
  deploy("d2", {package_function("Echo", "1", "one")});
  EXPECT_EQ(code_of("Echo:1"), "one");
}

TEST_F(DeploymentAgentTest, AResetOfAnEmptyCoreSucceeds) {
  reset("r1");
  EXPECT_THAT(cloud_.story(), ElementsAre("r1 InProgress", "r1 Success"));
}

TEST_F(DeploymentAgentTest, ARepeatedNoticeIsAnsweredWithTheOutcome) {
  deploy("d1", {package_function("Echo", "1", "one")});
  notify("d1");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success", "d1 Success"));
  EXPECT_THAT(host_.calls, ElementsAre("activate"));
  ASSERT_TRUE(restart());
  notify("d1");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 Success"));
  EXPECT_THAT(host_.calls, ElementsAre("restore"));
  notify("unknown");
  run_until_idle();
  notify("unknown");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 Success", "unknown Failure", "unknown Failure"));
  EXPECT_EQ(cloud_.reports[1].message, cloud_.reports[2].message);
}

TEST_F(DeploymentAgentTest, TheNewestNoticeWaitsForTheDeploymentUnderWay) {
  for (const char* id : {"d1", "d2", "d3"}) offer(make_document(id, {}));
  host_.hold = true;
  notify("d1");
  run_until_held();
  notify("d1");
  notify("d2");
  notify("d3");
  notify("d3");
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 InProgress"));
  host_.hold = false;
  std::exchange(host_.held, nullptr)(ok());
  run_until_idle();
  EXPECT_THAT(cloud_.story(),
              ElementsAre("d1 InProgress", "d1 InProgress", "d1 Success", "d2 Failure", "d3 InProgress", "d3 Success"));
  EXPECT_THAT(cloud_.reports[3].message, HasSubstr("d3"));
  EXPECT_EQ(cloud_.current(), DeploymentId("d3"));
}

TEST_F(DeploymentAgentTest, ANoticeThatDoesNotFitItsDocumentChangesNothing) {
  deploy("d1", {});
  offer(make_document("d2", {}));
  cloud_.reports.clear();
  notify("d2", DeploymentType::reset);
  run_until_idle();
  cloud_.notice({DeploymentId("d2"), DeploymentType::new_deployment, GroupId("another")});
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre());
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
  notify("d2");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("d2 InProgress", "d2 Success"));
}

TEST_F(DeploymentAgentTest, AFalseNoticeDoesNotDisplaceATrueOne) {
  for (const char* id : {"d1", "d2"}) offer(make_document(id, {}));
  host_.hold = true;
  notify("d1");
  run_until_held();
  notify("d2");
  notify("d1");
  cloud_.notice({DeploymentId("d3"), DeploymentType::reset, GroupId("another")});
  offer(make_document("d3", {}));
  host_.hold = false;
  std::exchange(host_.held, nullptr)(ok());
  run_until_idle();
  EXPECT_THAT(cloud_.story(),
              ElementsAre("d1 InProgress", "d1 InProgress", "d1 Success", "d2 InProgress", "d2 Success"));
}

TEST_F(DeploymentAgentTest, StoppingLeavesADeploymentForItsNextNotice) {
  offer(make_document("d1", {}));
  host_.hold = true;
  notify("d1");
  run_until_held();
  bool stopped = false;
  asio::co_spawn(io_, agent_->stop(), [&](const std::exception_ptr&) { stopped = true; });
  run_until_idle();
  EXPECT_TRUE(stopped);
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress"));
  ASSERT_TRUE(restart());
  notify("d1");
  run_until_idle();
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success"));
}

TEST_F(DeploymentAgentTest, AnotherCoresGroupFileIsLeftAlone) {
  std::filesystem::create_directories(root_ + "/lambda/arn:aws:lambda:us-west-2:123456789012:function:Old:1");
  write_text(root_ + "/group/group.json", R"({"Version":"an old core's group"})");
  EXPECT_FALSE(restart());
  EXPECT_EQ(trees().size(), 1u);
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_THAT(cloud_.story(), ElementsAre("d1 InProgress", "d1 Success"));
}

TEST_F(DeploymentAgentTest, ADamagedGroupRunsFromItsCopyUntilTheNextDeployment) {
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_TRUE(agent_->warnings().empty());
  std::filesystem::resize_file(root_ + "/group/group.json", 20);
  ASSERT_TRUE(restart());
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_EQ(cloud_.current(), DeploymentId("d1"));
  EXPECT_THAT(agent_->warnings(), ElementsAre(HasSubstr("the last good deployment, d1, runs instead")));
  ASSERT_TRUE(restart());
  EXPECT_THAT(agent_->warnings(), ElementsAre(HasSubstr("group.json.damaged is what it was")));
  deploy("d2", {package_function("Echo", "2", "two")});
  EXPECT_TRUE(agent_->warnings().empty());
  ASSERT_TRUE(restart());
  EXPECT_TRUE(agent_->warnings().empty());
}

TEST_F(DeploymentAgentTest, AGroupFileThatSomebodyEditedDoesNotRun) {
  deploy("d1", {package_function("Echo", "1", "one")});
  const std::string path = root_ + "/group/group.json";
  std::string text = read_text(path);
  text.replace(text.find("f.handler"), 9, "g.handler");
  write_text(path, text);
  ASSERT_TRUE(restart());
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_EQ(agent_->group()->functions.at(0).handler, "f.handler");
  EXPECT_THAT(agent_->warnings(), ElementsAre(HasSubstr("is not as it was deployed")));
  write_text(path, text);
  write_text(path + ".backup", text);
  EXPECT_THAT(restart().error().message(), HasSubstr("there is no signature for what is in it"));
  EXPECT_EQ(agent_->group(), nullptr);
  EXPECT_EQ(cloud_.current(), std::nullopt) << "the control plane announces its deployment again";
  deploy("d2", {package_function("Echo", "1", "one")});
  EXPECT_TRUE(agent_->warnings().empty());
}

TEST_F(DeploymentAgentTest, AnEmptyGroupFileIsNotSilent) {
  write_text(root_ + "/group/group.json", "");
  EXPECT_THAT(restart().error().message(), HasSubstr("group.json: is empty"));
  EXPECT_THAT(agent_->warnings(), ElementsAre(HasSubstr("cannot be read")));
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_TRUE(agent_->warnings().empty());
}

TEST_F(DeploymentAgentTest, PackagesThatAreGoneAreFetchedAgain) {
  const auto lost = package_function("Echo", "1", "one");
  deploy("d1", {lost, package_function("Other", "1", "other")});
  std::filesystem::remove_all(root_ + "/lambda/" + lost.arn.str());
  api_.calls.clear();
  api_.failures = {Error(Code::unavailable, "no network yet"), Error(Code::unavailable, "no network yet")};
  ASSERT_TRUE(restart(ok(), Expect::missing_code));
  EXPECT_THAT(host_.calls, ElementsAre("restore"));
  EXPECT_THAT(api_.calls, ElementsAre("artifact at 0", "artifact at 0", "artifact at 0"));
  EXPECT_EQ(code_of("Echo:1"), "one");
  EXPECT_TRUE(agent_->warnings().empty());
}

TEST_F(DeploymentAgentTest, ADeploymentEndsTheFetchingOfWhatTheFormerGroupLost) {
  const auto lost = package_function("Echo", "1", "one");
  deploy("d1", {lost});
  std::filesystem::remove_all(root_ + "/lambda/" + lost.arn.str());
  api_.artifacts.clear();
  host_.on_restore = [&] {
    offer(make_document("d2", {package_function("Echo", "2", "two")}));
    notify("d2");
  };
  ASSERT_TRUE(restart(ok(), Expect::missing_code));
  EXPECT_EQ(code_of("Echo:2"), "two");
  EXPECT_THAT(cloud_.story(), ElementsAre("d2 InProgress", "d2 Success"));
  EXPECT_TRUE(agent_->warnings().empty());
}

TEST_F(DeploymentAgentTest, AGroupThatDoesNotRunAtStartIsStillDeployed) {
  deploy("d1", {package_function("Echo", "1", "one")});
  EXPECT_EQ(restart(Error(Code::internal, "no interpreter")).error().message(), "no interpreter");
  EXPECT_EQ(agent_->current(), DeploymentId("d1"));
  host_.answer = ok();
  deploy("d2", {package_function("Echo", "2", "two")});
  EXPECT_THAT(cloud_.story(), ElementsAre("d2 InProgress", "d2 Success"));
}

}  // namespace
}  // namespace fescue
