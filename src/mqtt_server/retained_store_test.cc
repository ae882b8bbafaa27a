// Retained messages on their way to a store that takes its time, or fails.
#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mqtt_server/mqtt_server.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue {
namespace {

using namespace std::string_literals;
using mqtt::QoS;
using testing::ElementsAre;
using testing::IsEmpty;

struct AllowsAll final : AccessRules {
  bool allow(const AccessRequest&) const override { return true; }
};

/// Writes when it is let, and what it was given then.
class SlowStore {
 public:
  explicit SlowStore(asio::io_context& io) : io_(io) {}

  Result<void> write(const RetainedChanges& changes) {
    std::unique_lock lock(mutex_);
    ++begun_;
    asio::post(io_, [] {});  // the loop looks
    changed_.wait(lock, [&] { return is_open_; });
    if (is_full_) return Error(Code::io, "the disk is full");
    for (const auto& [topic, message] : changes) stored_[topic] = message ? message->payload : "(removed)";
    return ok();
  }
  void open(bool is_full = false) {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    is_full_ = is_full;
    changed_.notify_all();
  }
  int begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
  }
  std::map<std::string, std::string> stored() const {
    const std::lock_guard lock(mutex_);
    return stored_;
  }

 private:
  asio::io_context& io_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false, is_full_ = false;
  int begun_ = 0;
  std::map<std::string, std::string> stored_;
};

struct RetainedStoreTest : testing::Test {
  RetainedStoreTest() {
    server.keep_retained({}, pool, [this](const RetainedChanges& changes) { return store.write(changes); });
  }
  ~RetainedStoreTest() override {
    store.open();
    loop.run(server.stop());
  }

  StreamPtr stream() {
    auto [ours, theirs] = loop.stream_pair();
    server.serve(std::move(ours), Admission::accept({"uid 0", {}}));
    return std::move(theirs);
  }
  std::unique_ptr<mqtt::RawPeer> raw(const std::string& id) {
    auto made = std::make_unique<mqtt::RawPeer>(loop, stream());
    made->send(mqtt::Connect{.client_id = id});
    EXPECT_EQ(made->read(4), "\x20\x02\0\0"s);
    return made;
  }
  std::unique_ptr<mqtt::TestClient> client(const std::string& id) {
    auto made = std::make_unique<mqtt::TestClient>(loop, stream(), id);
    made->connect();
    return made;
  }
  static mqtt::Publish retained(std::string_view topic, std::string_view payload, mqtt::PacketId id) {
    return {.topic = topic,
            .payload = payload,
            .qos = id == 0 ? QoS::at_most_once : QoS::at_least_once,
            .packet_id = id,
            .retain = mqtt::Retain::yes};
  }
  void wait_for_write() {
    loop.run_until([&] { return store.begun() > 0; });
  }

  MqttServerLimits limits{.retained = {.topics = 1000}, .max_retained_waiting = 20};
  AllowsAll rules;
  mqtt::TestLoop loop;
  SlowStore store{loop.io};
  BlockingPool pool{1};
  MqttServer server{loop.io, limits, rules};
};

TEST_F(RetainedStoreTest, APubAckSaysThatItIsStored) {
  auto publisher = raw("publisher");
  publisher->send(retained("t", "kept", 1));
  wait_for_write();
  publisher->send(mqtt::Publish{.topic = "x", .payload = "", .qos = QoS::at_least_once, .packet_id = 2});
  auto reader = client("reader");
  reader->subscribe("t");
  reader->receive(1);
  EXPECT_THAT(reader->messages, ElementsAre("t=kept at 0")) << "read at once";
  publisher->send(mqtt::PingReq{});
  EXPECT_EQ(publisher->read(2), "\xd0\0"s) << "no acknowledgement came before it";
  store.open();
  EXPECT_EQ(publisher->read(8), "\x40\x02\0\1\x40\x02\0\2"s) << "in the order of the PUBLISHes";
  EXPECT_THAT(store.stored(), ElementsAre(std::pair("t"s, "kept"s)));
}

TEST_F(RetainedStoreTest, ManyShareACommit) {
  auto publisher = raw("publisher");
  publisher->send(retained("t", "0", 1));
  wait_for_write();
  std::string bytes;
  for (mqtt::PacketId id = 2; id <= 100; ++id) append_packet(bytes, retained("t", std::to_string(id), id));
  publisher->send(bytes);
  auto reader = client("reader");
  reader->subscribe("t");
  loop.run_until([&] { return server.retained().find("t")->payload == "100"; });
  store.open();
  EXPECT_EQ(publisher->read(400).size(), 400u);
  EXPECT_EQ(server.counters().retained.commits, 2u);
  EXPECT_THAT(store.stored(), ElementsAre(std::pair("t"s, "100"s)));
}

TEST_F(RetainedStoreTest, WhoIsNotStoredIsClosedAndNotAcknowledged) {
  auto publisher = raw("publisher");
  auto other = raw("other");
  publisher->send(retained("t", "lost?", 1));
  wait_for_write();
  store.open(true);
  EXPECT_EQ(publisher->read_to_end(), "");
  EXPECT_EQ(server.counters().retained.failures, 1u);
  other->send(mqtt::PingReq{});
  EXPECT_EQ(other->read(2), "\xd0\0"s);
  store.open();
  loop.run(server.stop());
  EXPECT_THAT(store.stored(), ElementsAre(std::pair("t"s, "lost?"s))) << "tried again";
}

TEST_F(RetainedStoreTest, WhoAddsMoreThanTheStoreTakesStandsStill) {
  auto publisher = raw("publisher");
  auto other = client("other");
  other->subscribe("#");
  publisher->send(retained("a", "written", 1));
  wait_for_write();
  publisher->send(retained("b", "0123456789", 2));
  publisher->send(retained("c", "0123456789", 0));
  publisher->send(retained("d", "0", 3));
  other->receive(2);
  loop.run_until([&] { return server.counters().retained_postponed > 0; });
  EXPECT_EQ(server.counters().retained_waiting, 19u);
  other->publish("e", "not held up");
  other->receive(3);
  store.open();
  EXPECT_EQ(publisher->read(12), "\x40\x02\0\1\x40\x02\0\2\x40\x02\0\3"s);
  other->receive(5);
  EXPECT_THAT(other->messages, ElementsAre("a=written at 0", "b=0123456789 at 0", "e=not held up at 0",
                                           "c=0123456789 at 0", "d=0 at 0"));
}

TEST_F(RetainedStoreTest, WhoIsClosedMeanwhileIsForgotten) {
  auto publisher = raw("publisher");
  publisher->send(retained("a", "written", 1));
  wait_for_write();
  publisher->send(retained("b", "0123456789", 2));
  publisher->send(retained("c", "0123456789", 3));
  loop.run_until([&] { return server.counters().retained_postponed > 0; });
  server.close_connections([](const Principal&, std::string_view) { return true; }, "the test says so");
  EXPECT_EQ(publisher->read_to_end(), "");
  loop.run_until([&] { return server.counters().connections_now == 0; });
  store.open();
  loop.run(server.stop());
  EXPECT_THAT(store.stored(), ElementsAre(std::pair("a"s, "written"s), std::pair("b"s, "0123456789"s)));
}

TEST_F(RetainedStoreTest, TheApisAnswerWaitsToo) {
  std::optional<Result<void>> first, second;
  const auto retain = [&](std::string payload, std::optional<Result<void>>& into) -> Task<void> {
    into = co_await server.retain(Topic::parse("t").value(), std::move(payload), QoS::at_least_once, wall_now());
  };
  loop.tasks.spawn("first", retain("1", first));
  wait_for_write();
  loop.tasks.spawn("second", retain(std::string(20, 'x'), second));
  std::optional<Result<void>> refused;
  loop.tasks.spawn("refused", retain("2", refused));
  loop.run_until([&] { return refused.has_value(); });
  EXPECT_EQ(refused->error().code(), Code::resource_exhausted);
  EXPECT_FALSE(first || second);
  store.open();
  loop.run_until([&] { return first && second; });
  EXPECT_TRUE(*first && *second);
}

}  // namespace
}  // namespace fescue
