// How a new part joins a core: one class, by public seams alone, and the lines that core_daemon.cc would have for it.
// The toy is a set of connectors: a part that the group configures, a target and a source of messages, a system service
// that functions call, a listener to the control plane, and a source of status.
#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/admin/status_sources.h"
#include "core/core_group_host.h"
#include "core/routes_part.h"
#include "engine/routing/dispatcher.h"
#include "engine/routing/service_registry.h"
#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Endpoint kPinger = Endpoint::parse("arn:aws:greengrass:us-west-2::/connectors/Pinger/versions/1").value();

class ToyConnectors final : public GroupPart, public MessageTarget, public Invoker, public StatusSource {
 public:
  ToyConnectors(Publisher& publisher, CloudLink& link) {
    link.subscribe(TopicFilter::parse("toy/ping").value(), [&publisher](const Topic&, std::string_view payload) {
      return publisher.publish({kPinger, Topic::parse("toy/pong").value(), Payload(std::string(payload))},
                               QueueFullPolicy::best_effort);
    });
  }

  // GroupPart: it serves the connectors that rows of the group name, and has one of them not.
  void prepare(StagedGroup staged, Done done) override {
    std::set<Endpoint> named;
    for (const Subscription& row : staged.group->subscriptions) {
      if (row.target.kind() != EndpointKind::connector) continue;
      if (std::get<ConnectorArn>(row.target.value()).name() == "Broken") {
        return done(Error(Code::not_found, "the connector Broken does not start"));
      }
      named.insert(row.target);
    }
    prepared_ = std::move(named);
    done(ok());
  }
  void commit() override { serving_ = std::exchange(prepared_, {}); }
  void roll_back() override { prepared_.clear(); }
  void deactivate(std::function<void()> done) override {
    serving_.clear();
    done();
  }

  // MessageTarget, of the kind `connector`
  bool has_room(const Endpoint& target, const Message&) const override { return serving_.contains(target); }
  void deliver(const Endpoint&, const Message& message) override { got.emplace_back(message.payload.view()); }

  // Invoker, by the ARN below
  Result<void> submit(Invocation, ResultHandler done) override {
    done({FunctionError::none, Payload(std::to_string(got.size()))});
    return ok();
  }

  // StatusSource
  void add_status(boost::json::object& status) const override { status["connectors"] = serving_.size(); }
  void add_metrics(MetricsText& out) const override {
    out.gauge("fescue_connectors", "Connectors that run.", serving_.size());
  }

  std::vector<std::string> got;

 private:
  std::set<Endpoint> prepared_, serving_;
};

class NoLink final : public CloudLink {
 public:
  void publish(const Topic&, Payload) override {}
  void subscribe(const TopicFilter&, Handler handler) override { handlers.push_back(std::move(handler)); }
  void add_to_hello(std::function<void(CoreHello& hello)>) override {}
  void set_subscriptions(std::vector<TopicFilter> filters) override { subscriptions = std::move(filters); }
  bool connected() const override { return false; }
  std::vector<TopicFilter> subscriptions;
  std::vector<Handler> handlers;
};

const FunctionArn kToyService = FunctionArn::make({}, {}, "ToyConnectors");

class NewPartTest : public testing::Test {
 protected:
  /// All that core_daemon.cc would say of the new part, besides its place in the list of group parts.
  NewPartTest() {
    dispatcher_.set_target(EndpointKind::connector, toy_);
    services_.add(kToyService, toy_);
    sources_.add({toy_});
  }

  Result<void> activate(std::string_view connector) {
    auto group = std::make_shared<Group>();
    const std::string arn = "arn:aws:greengrass:us-west-2::/connectors/" + std::string(connector) + "/versions/1";
    const Endpoint target = Endpoint::parse(arn).value();
    group->subscriptions.push_back({"row", Endpoint::cloud(), TopicFilter::parse("in/+").value(), target});
    group->subscriptions.push_back({"pongs", kPinger, TopicFilter::parse("toy/pong").value(), target});
    std::optional<Result<void>> outcome;
    host_.activate({group, {}}, [&](Result<void> result) { outcome = std::move(result); });
    return outcome.value();
  }
  Result<void> publish(std::string_view payload) {
    return dispatcher_.publish({Endpoint::cloud(), Topic::parse("in/x").value(), Payload(std::string(payload))},
                               QueueFullPolicy::all_or_error);
  }

  Dispatcher dispatcher_{[](const Endpoint&, const Topic&) {}};
  TestInvoker functions_;
  ServiceRegistry services_{functions_};
  NoLink link_;
  ToyConnectors toy_{dispatcher_, link_};
  StatusSources sources_;
  RoutesPart routes_{dispatcher_, link_};
  CoreGroupHost host_{{toy_, routes_}};
};

TEST_F(NewPartTest, ServesWhatADeploymentNames) {
  ASSERT_TRUE(activate("ModbusRTU"));
  EXPECT_TRUE(publish("register 7"));
  EXPECT_THAT(toy_.got, ElementsAre("register 7"));
  EXPECT_THAT(link_.subscriptions, ElementsAre(TopicFilter::parse("in/+").value()));
  host_.deactivate([] {});
  EXPECT_THAT(link_.subscriptions, IsEmpty());
}

TEST_F(NewPartTest, FailsADeploymentBeforeAnythingChanged) {
  ASSERT_TRUE(activate("ModbusRTU"));
  EXPECT_THAT(activate("Broken").error().message(), HasSubstr("Broken does not start"));
  EXPECT_TRUE(publish("as before"));
  EXPECT_THAT(toy_.got, ElementsAre("as before"));
}

TEST_F(NewPartTest, IsInvokedByItsArn) {
  ASSERT_TRUE(activate("ModbusRTU"));
  EXPECT_TRUE(publish("1"));
  Invocation call;
  call.target = kToyService.with_qualifier("1");
  std::string answer;
  EXPECT_TRUE(services_.submit(call, [&](const InvocationResult& result) { answer = result.payload.view(); }));
  EXPECT_EQ(answer, "1");
}

TEST_F(NewPartTest, AnswersTheControlPlaneWithAMessageOfItsOwn) {
  ASSERT_TRUE(activate("ModbusRTU"));
  EXPECT_TRUE(link_.handlers.at(0)(Topic::parse("toy/ping").value(), "are you there"));
  EXPECT_THAT(toy_.got, ElementsAre("are you there"));
}

TEST_F(NewPartTest, TellsTheOwnerOfItself) {
  ASSERT_TRUE(activate("ModbusRTU"));
  boost::json::object status;
  sources_.add_status(status);
  EXPECT_EQ(status["connectors"], 1);
  MetricsText metrics;
  sources_.add_metrics(metrics);
  EXPECT_THAT(metrics.take(), HasSubstr("\nfescue_connectors 1\n"));
}

TEST(RoutesPart, RefusesAConnectorOnACoreThatHasNone) {
  Dispatcher dispatcher([](const Endpoint&, const Topic&) {});
  NoLink link;
  RoutesPart routes(dispatcher, link);
  auto group = std::make_shared<Group>();
  const Endpoint connector = Endpoint::parse("arn:aws:greengrass:us-west-2::/connectors/A/versions/1").value();
  group->subscriptions.push_back({"row", Endpoint::cloud(), TopicFilter::parse("in").value(), connector});
  std::optional<Result<void>> outcome;
  routes.prepare({group, {}}, [&](Result<void> result) { outcome = std::move(result); });
  EXPECT_THAT(outcome.value().error().message(), HasSubstr("subscription row: this core has no connector arn:aws:"));
}

}  // namespace
}  // namespace fescue
