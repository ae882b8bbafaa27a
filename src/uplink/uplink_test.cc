// The uplink against a broker of a few lines, on real sockets.
#include "uplink/uplink.h"

#include <map>
#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "mqtt_io/server_connection.h"
#include "sys/net/listener.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

const ThingName kCore("core-1");
const TopicFilter kNotices = TopicFilter::parse(notify_topic(kCore)).value();

/// Keeps what was said to it; can close the connection, forbid topics and withhold nothing else.
class TestBroker final : public mqtt::ServerHandler {
 public:
  explicit TestBroker(asio::io_context& io) : io_(io), outbox_(mqtt::Outbox::make(io)) { listen(0); }

  std::uint16_t port() const { return port_; }
  void listen(std::uint16_t port) {
    tasks_ = std::make_unique<TaskGroup>(io_);
    auto acceptor = listen_tcp(io_, "127.0.0.1", port, "--test").value();
    port_ = acceptor.local_endpoint().port();
    accept_tcp(*tasks_, std::move(acceptor), [this](StreamPtr stream) {
      connections.push_back(mqtt::ServerConnection::start(*tasks_, outbox_, std::move(stream), *this));
    });
  }
  void hang_up() { connections.back()->close(mqtt::CloseCause::stopping, "test"); }
  void go_away() {
    for (auto& connection : connections) connection->detach();
    tasks_->stop();
    connections.clear();
  }
  void say(std::string_view topic, std::string_view payload) {
    mqtt::PublishFrame frame;
    frame.set(topic, payload);
    connections.back()->deliver(frame, mqtt::QoS::at_least_once);
  }
  std::vector<std::string> payloads(const std::string& topic) {
    std::vector<std::string> out;
    for (const auto& [at, payload] : heard) {
      if (at == topic) out.push_back(payload);
    }
    return out;
  }

  mqtt::ConnectCode on_connect(mqtt::ServerConnection&, const mqtt::Connect& connect) override {
    client_ids.emplace_back(connect.client_id);
    filters.clear();
    return mqtt::ConnectCode::accepted;
  }
  void on_publish(mqtt::ServerConnection& connection, const mqtt::Publish& publish) override {
    if (publish.topic == forbidden) {
      ++forbidden_tries;
      return connection.close(mqtt::CloseCause::refused, "forbidden");
    }
    heard.emplace_back(publish.topic, publish.payload);
  }
  std::vector<mqtt::SubscribeCode> on_subscribe(mqtt::ServerConnection&, const mqtt::Subscribe& subscribe) override {
    for (const auto& subscription : subscribe.subscriptions) filters.emplace(subscription.filter);
    return std::vector(subscribe.subscriptions.size(), mqtt::SubscribeCode::granted_qos1);
  }
  void on_unsubscribe(mqtt::ServerConnection&, const mqtt::Unsubscribe& unsubscribe) override {
    for (const auto filter : unsubscribe.filters) filters.erase(std::string(filter));
  }
  void on_closed(mqtt::ServerConnection&, const mqtt::CloseReason&) override { ++closed; }

  std::vector<std::shared_ptr<mqtt::ServerConnection>> connections;
  std::vector<std::string> client_ids;
  std::set<std::string> filters;
  std::vector<std::pair<std::string, std::string>> heard;
  std::string forbidden;
  int forbidden_tries = 0;
  int closed = 0;

 private:
  asio::io_context& io_;
  std::shared_ptr<mqtt::Outbox> outbox_;
  std::unique_ptr<TaskGroup> tasks_;
  std::uint16_t port_ = 0;
};

class UplinkTest : public testing::Test {
 protected:
  UplinkTest() : uplink_(io_, options(), nullptr, publisher_) {
    uplink_.subscribe(
        kNotices, parsed_by(parse_notice, [this](DeploymentNotice notice) { notices_.push_back(std::move(notice)); }));
    uplink_.add_to_hello([this](CoreHello& hello) { hello.current = current_; });
  }
  ~UplinkTest() override {
    bool stopped = false;
    asio::co_spawn(io_, uplink_.stop(), [&](const std::exception_ptr&) { stopped = true; });
    run_until([&] { return stopped; });
    broker_.go_away();
    io_.poll();
  }

  UplinkOptions options() {
    UplinkOptions out;
    out.address = {"127.0.0.1", broker_.port()};
    out.core = kCore;
    out.client_id = "core-1";
    out.version = "9.9";
    out.first_reconnect_interval = 2ms;
    out.max_reconnect_interval = 10ms;
    out.window = 3;
    return out;
  }
  /// Fails only when it hangs.
  void run_until(const std::function<bool()>& reached) { ASSERT_TRUE(fescue::run_until(io_, reached)); }
  void connect() {
    uplink_.start();
    run_until([&] { return uplink_.connected() && !broker_.heard.empty(); });
  }
  void deliver(const std::string& topic, std::string payload) {
    uplink_.deliver(Endpoint::cloud(), {Endpoint::thing({}), Topic::parse(topic).value(), Payload(std::move(payload))});
  }

  asio::io_context io_{1};
  TestBroker broker_{io_};
  TestPublisher publisher_;
  Uplink uplink_;
  std::vector<DeploymentNotice> notices_;
  std::optional<DeploymentId> current_;
};

TEST_F(UplinkTest, SaysHelloAfterSubscribingToNotices) {
  current_ = DeploymentId("d-0");
  connect();
  EXPECT_EQ(broker_.client_ids, std::vector<std::string>{"core-1"});
  EXPECT_TRUE(broker_.filters.contains(kNotices.str()));
  const auto hello = parse_hello(broker_.payloads(hello_topic(kCore)).at(0)).value();
  EXPECT_EQ(hello.version, "9.9");
  EXPECT_EQ(hello.current, DeploymentId("d-0"));
}

TEST_F(UplinkTest, HandsNoticesOn) {
  connect();
  broker_.say(notify_topic(kCore), "no json");
  broker_.say(notify_topic(kCore), to_json(DeploymentNotice{DeploymentId("d"), DeploymentType::reset, GroupId("g")}));
  run_until([&] { return !notices_.empty(); });
  ASSERT_EQ(notices_.size(), 1u);
  EXPECT_EQ(notices_[0].deployment, DeploymentId("d"));
  EXPECT_EQ(notices_[0].type, DeploymentType::reset);
  EXPECT_EQ(uplink_.status().messages_malformed, 1u);
}

TEST_F(UplinkTest, EachFilterHasItsHandlerAndTheRouterGetsTheRest) {
  std::vector<std::string> heard;
  for (int i = 0; i < 10; ++i) {  // more than one SUBSCRIBE holds
    const TopicFilter filter = TopicFilter::parse("own/" + std::to_string(i) + "/+").value();
    uplink_.subscribe(filter, [&heard](const Topic& topic, std::string_view payload) {
      heard.push_back(topic.str() + "=" + std::string(payload));
      return ok();
    });
  }
  connect();
  run_until([&] { return broker_.filters.size() == 11; });
  broker_.say("own/9/x", "mine");
  broker_.say("own/x/9", "the group's");
  run_until([&] { return !publisher_.messages.empty(); });
  EXPECT_EQ(heard, std::vector<std::string>{"own/9/x=mine"});
  EXPECT_EQ(publisher_.messages.at(0).topic.view(), "own/x/9");
}

TEST_F(UplinkTest, WhatWasSaidBeforeTheConnectionIsSentInOrder) {
  uplink_.publish(Topic::parse(report_topic(kCore)).value(),
                  Payload(to_json(DeploymentReport{DeploymentId("d"), DeploymentStatus::success, {}, {}})));
  for (int i = 0; i < 10; ++i) deliver("a/b", std::to_string(i));
  EXPECT_EQ(uplink_.status().messages_waiting, 10u);
  boost::json::object told;
  uplink_.add_status(told);
  EXPECT_EQ(told["link"].at("messages_waiting"), 10);
  uplink_.start();
  run_until([&] { return uplink_.status().messages_sent == 10; });
  EXPECT_EQ(broker_.payloads("a/b"), (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  ASSERT_EQ(broker_.payloads(report_topic(kCore)).size(), 1u);
  EXPECT_EQ(parse_report(broker_.payloads(report_topic(kCore))[0]).value().status, DeploymentStatus::success);
  EXPECT_EQ(uplink_.status().messages_waiting, 0u);
}

TEST_F(UplinkTest, GivesMessagesOfTheCloudToTheRouter) {
  connect();
  broker_.say("cmd/1", "on");
  run_until([&] { return !publisher_.messages.empty(); });
  EXPECT_EQ(publisher_.messages[0].source, Endpoint::cloud());
  EXPECT_EQ(publisher_.messages[0].topic.view(), "cmd/1");
  EXPECT_EQ(publisher_.messages[0].payload.view(), "on");
}

TEST_F(UplinkTest, FollowsTheGroupsFilters) {
  std::vector<TopicFilter> many;
  for (int i = 0; i < 300; ++i) many.push_back(TopicFilter::parse("f/" + std::to_string(i)).value());
  uplink_.set_subscriptions(many);
  uplink_.start();
  run_until([&] { return broker_.filters.size() == 301; });
  uplink_.set_subscriptions({many[7]});
  run_until([&] { return broker_.filters == std::set<std::string>{kNotices.str(), "f/7"}; });
}

TEST_F(UplinkTest, ComesBackWithEverything) {
  uplink_.set_subscriptions({TopicFilter::parse("f/#").value()});
  connect();
  broker_.hang_up();
  run_until([&] { return uplink_.status().connections == 2; });
  deliver("a", "after");
  run_until([&] { return uplink_.status().messages_sent == 1 && broker_.filters.size() == 2; });
  EXPECT_EQ(broker_.payloads(hello_topic(kCore)).size(), 2u);
}

TEST_F(UplinkTest, QueuesWhileTheControlPlaneIsAway) {
  connect();
  const std::uint16_t port = broker_.port();
  broker_.go_away();
  run_until([&] { return !uplink_.connected() && !uplink_.status().last_failure.empty(); });
  deliver("a", "kept");
  broker_.heard.clear();
  broker_.listen(port);
  run_until([&] { return uplink_.status().messages_sent == 1; });
  EXPECT_EQ(broker_.payloads("a"), std::vector<std::string>{"kept"});
}

TEST_F(UplinkTest, AForbiddenMessageDoesNotBlockTheOthersForEver) {
  broker_.forbidden = "no";
  deliver("no", "x");
  for (int i = 0; i < 5; ++i) deliver("yes", std::to_string(i));
  uplink_.start();
  run_until([&] { return uplink_.status().messages_sent == 5; });
  EXPECT_EQ(broker_.payloads("yes"), (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(uplink_.status().messages_refused, 1u);
  EXPECT_LE(broker_.forbidden_tries, MessageQueue::kMaxLosses + 1);
}

TEST_F(UplinkTest, OthersOnAForbiddenTopicAreSetAsideAtOnce) {
  broker_.forbidden = "no";
  for (int i = 0; i < 100; ++i) deliver("no", "x");
  deliver("yes", "1");
  uplink_.start();
  run_until([&] { return uplink_.status().messages_sent == 1; });
  EXPECT_EQ(uplink_.status().messages_refused, 100u);
  EXPECT_LE(broker_.forbidden_tries, MessageQueue::kMaxLosses + 1);
  const auto connections = uplink_.status().connections;
  deliver("no", "again");
  deliver("yes", "2");
  run_until([&] { return uplink_.status().messages_sent == 2; });
  EXPECT_EQ(uplink_.status().connections, connections);
  EXPECT_EQ(uplink_.status().messages_refused, 101u);
}

TEST_F(UplinkTest, AControlPlaneThatHangsUpNowAndThenCostsNoMessage) {
  connect();
  for (std::uint64_t i = 1; i <= 8; ++i) {
    deliver("a", std::to_string(i));
    broker_.hang_up();
    run_until([&] { return uplink_.status().messages_sent == i; });
  }
  EXPECT_EQ(uplink_.status().messages_refused, 0u);
  EXPECT_EQ(uplink_.status().connections, 9u);
}

TEST_F(UplinkTest, TopicsThatNoBrokerTakesAreNotSent) {
  deliver("$fescue/cores/core-1/hello", "{}");
  deliver("$SYS/x", "1");
  deliver("$aws/things/t/shadow/update", "{}");
  connect();
  run_until([&] { return uplink_.status().messages_sent == 1; });
  EXPECT_EQ(uplink_.status().messages_refused, 2u);
  EXPECT_EQ(broker_.payloads(hello_topic(kCore)).size(), 1u);
}

TEST_F(UplinkTest, CountsWhatFindsNoRoom) {
  for (int i = 0; i < 40; ++i) deliver("a", std::string(128 * 1024, 'x'));
  EXPECT_GT(uplink_.status().messages_dropped, 0u);
  EXPECT_LE(uplink_.status().bytes_waiting, 2621440u);
  const auto message_of = [](std::size_t bytes) {
    return Message{Endpoint::cloud(), *Topic::parse("a"), Payload(std::string(bytes, 'x'))};
  };
  EXPECT_TRUE(uplink_.has_room(Endpoint::cloud(), message_of(128 * 1024)));
  EXPECT_FALSE(uplink_.has_room(Endpoint::cloud(), message_of(3 * 1024 * 1024)));
}

TEST_F(UplinkTest, WhatTheCoreItselfSaysIsBoundedAndItsDropsAreCounted) {
  for (int n = 0; n < 100; ++n)
    uplink_.publish(Topic::parse(report_topic(kCore)).value(), Payload(std::string(10'000, 'r')));
  EXPECT_GT(uplink_.status().own_dropped, 0u);
  EXPECT_EQ(uplink_.status().messages_dropped, 0u);
}

TEST(UplinkOptions, ComeFromTheConfiguration) {
  CoreConfig config;
  config.thing_arn = ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/core-1").value();
  config.iot_mqtt = {"cloud.example", 8883};
  config.client_id = "other";
  config.keep_alive = 30s;
  const UplinkOptions options = uplink_options(config, "1.0", "i");
  EXPECT_EQ(options.address.str(), "cloud.example:8883");
  EXPECT_EQ(options.core, kCore);
  EXPECT_EQ(options.client_id, "other");
  EXPECT_EQ(options.keep_alive, 30s);
  EXPECT_EQ(options.operation_timeout, 5s);
}

}  // namespace
}  // namespace fescue
