// For tests: a control plane with one core thing and one function, and the core's side of the conversation.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "cloud/api/greengrass/greengrass_test_support.h"
#include "cloud/deployments/rollout.h"
#include "cloud/store/deployment_store.h"

namespace fescue::cloud {

/// While it lives, nothing that was handed to the fixture's pool later happens: what is being built stays so.
class PoolGate {
 public:
  PoolGate(asio::io_context& io, BlockingPool& pool) {
    auto wait = [open = opened_.get_future().share()] { open.wait(); };
    asio::co_spawn(io, pool.run(std::move(wait)), asio::detached);
    io.restart();
    io.poll();
  }
  ~PoolGate() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
};

class RolloutTestBase : public GreengrassTest {
 protected:
  RolloutTestBase() {
    rollout_.start().value();
    certificate_arn_ = add_core("core");
    create("hello");
    publish("hello");
    create_alias("hello", "prod", "1");
    group_ = text(made("/groups", R"({"Name":"g"})"), "Id");
  }
  ~RolloutTestBase() override {
    tasks_.stop();
    io_.restart();
    io_.run();
  }

  HttpResponse iot(std::string_view method, std::string_view target, const TestHeaders& headers = {}) {
    return call("iot", method, target, "", headers);
  }
  /// A thing with an active certificate, whose ARN it gives; the core's notices are collected from now on.
  std::string add_core(const std::string& name) {
    EXPECT_EQ(iot("POST", "/things/" + name).status, 200U);
    const std::string arn = text(json_of(iot("POST", "/keys-and-certificate?setAsActive=true")), "certificateArn");
    EXPECT_EQ(iot("PUT", "/things/" + name + "/principals", {{"x-amzn-principal", arn}}).status, 200U);
    subscriptions_.push_back(broker_.subscribe(
        *TopicFilter::parse(notify_topic(ThingName(name))),
        [this](const LocalMessage& message) { notices_.push_back(*parse_notice(message.payload.view())); }));
    return arn;
  }

  std::string core_definition(const std::string& thing, const std::string& certificate) {
    return definition("cores",
                      fmt::format(R"({{"Cores":[{{"Id":"c","ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/{}",)"
                                  R"("CertificateArn":"{}"}}]}})",
                                  thing, certificate));
  }
  std::string function_definition(std::string_view arn_qualifier = "prod", std::string_view configuration = "{}") {
    return definition("functions",
                      fmt::format(R"({{"Functions":[{{"Id":"f","FunctionArn":"arn:aws:lambda:us-west-2:123456789012:)"
                                  R"(function:hello:{}","FunctionConfiguration":{}}}]}})",
                                  arn_qualifier, configuration));
  }
  /// A new version of a group; gives its id.
  std::string group_version(const std::string& group, const std::string& cores, const std::string& functions) {
    return text(made("/groups/" + group + "/versions",
                     fmt::format(R"({{"CoreDefinitionVersionArn":"{}","FunctionDefinitionVersionArn":"{}"}})", cores,
                                 functions)),
                "Version");
  }
  std::string usual_version() {
    return group_version(group_, core_definition("core", certificate_arn_), function_definition());
  }

  HttpResponse try_deploy(const std::string& group, const std::string& version) {
    return greengrass("POST", "/groups/" + group + "/deployments",
                      fmt::format(R"({{"DeploymentType":"NewDeployment","GroupVersionId":"{}"}})", version));
  }
  /// A deployment that is no longer being built; gives its id.
  std::string deploy(const std::string& group, const std::string& version) { return built(try_deploy(group, version)); }
  std::string built(const HttpResponse& begun) {
    EXPECT_EQ(begun.status, 200U) << begun.body;
    const std::string id = text(json_of(begun), "DeploymentId");
    run_until([&] { return status_in_store(id) != DeploymentStatus::building; });
    run_ready();
    return id;
  }
  HttpResponse reset(const std::string& group, bool force = false) {
    return greengrass("POST", "/groups/" + group + "/deployments/$reset", force ? R"({"Force":true})" : "");
  }

  json::value status(const std::string& deployment) { return status(group_, deployment); }
  json::value status(const std::string& group, const std::string& deployment) {
    return json_of(greengrass("GET", "/groups/" + group + "/deployments/" + deployment + "/status"));
  }
  DeploymentStatus status_in_store(const std::string& id) {
    return DeploymentStore(database_).find(DeploymentId(id)).value()->status;
  }

  void say(const std::string& topic, const std::string& payload) {
    broker_.publish(*Topic::parse(topic), Payload(payload), mqtt::QoS::at_least_once);
    run_ready();
  }
  void report(const std::string& deployment, DeploymentStatus status, const std::string& message = "",
              const std::string& core = "core") {
    say(report_topic(ThingName(core)),
        to_json(DeploymentReport{DeploymentId(deployment), status, message,
                                 message.empty() ? std::vector<ErrorDetail>() : std::vector<ErrorDetail>{{"C", "m"}}}));
  }
  void hello(const std::optional<DeploymentId>& current = std::nullopt, const std::string& core = "core") {
    say(hello_topic(ThingName(core)), to_json(CoreHello{"1.0", "instance-1", current}));
  }

  void run_until(const std::function<bool()>& done) {
    io_.restart();
    while (!done()) ASSERT_GT(io_.run_one(), 0U) << "nothing more will happen";
  }
  void run_ready() {
    io_.restart();
    io_.poll();
  }

  std::string certificate_arn_, group_;
  std::vector<DeploymentNotice> notices_;
  std::vector<SubscriptionHandle> subscriptions_;
};

}  // namespace fescue::cloud
