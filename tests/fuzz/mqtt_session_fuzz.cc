// Any bytes from the peer, mixed with any calls from our side and any passing of time: a session stays within its
// bounds, and once closed it says nothing more. The input is a list of steps: what to do, how much, the bytes for it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "mqtt/client_session.h"
#include "mqtt/server_session.h"

namespace {

using namespace fescue;
using namespace fescue::mqtt;

constexpr std::size_t kWindow = 5;

class Steps {
 public:
  Steps(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  bool at_end() const { return rest_.empty(); }
  std::uint8_t byte() {
    const auto value = at_end() ? std::uint8_t{0} : static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    return value;
  }
  std::string_view bytes(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

struct Server {
  explicit Server(SteadyTime now)
      : session({.max_remaining_length = 1024, .max_keep_alive = std::chrono::seconds(60), .max_in_flight = kWindow},
                now) {}

  void take(const Connect& connect) {
    if (connect.client_id == "no") return session.refuse(ConnectCode::not_authorized, "no");
    if (connect.client_id == "close") return session.close(CloseCause::stopping, "closed");
    session.accept();
  }
  void take(const Publish& publish) {
    FESCUE_ASSERT(!publish.topic.empty() && publish.qos != QoS::exactly_once);
    if (publish.topic == "no") session.close(CloseCause::refused, "no");
  }
  void take(const Subscribe& subscribe) {
    session.subscribed(subscribe, std::vector(subscribe.subscriptions.size(), SubscribeCode::granted_qos0));
  }
  void take(const Unsubscribe& unsubscribe) { FESCUE_ASSERT(!unsubscribe.filters.empty()); }
  void drain(SteadyTime now) {
    while (const auto event = session.next(now)) std::visit([this](const auto* packet) { take(*packet); }, *event);
  }
  void act(std::uint8_t what, std::string_view text, SteadyTime) {
    frame.set("topic", text);
    const auto qos = static_cast<QoS>(what & 1);
    if (session.connected() && !session.deliver(frame, qos)) FESCUE_ASSERT(session.in_flight() <= kWindow);
  }

  ServerSession session;
  PublishFrame frame;
};

struct Client {
  explicit Client(SteadyTime now)
      : session({.client_id = "core",
                 .keep_alive = std::chrono::seconds(30),
                 .max_in_flight = kWindow,
                 .max_remaining_length = 1024},
                now) {}

  void take(const Connected&) {}
  void take(const Publish* publish) { FESCUE_ASSERT(!publish->topic.empty()); }
  void take(const Published& event) { answered(event.token); }
  void take(const Subscribed& event) {
    FESCUE_ASSERT(!event.codes.empty());
    answered(event.token);
  }
  void take(const Unsubscribed& event) { answered(event.token); }
  void answered(Token token) { FESCUE_ASSERT(token > 0 && token <= last_token); }
  void drain(SteadyTime now) {
    while (const auto event = session.next(now)) std::visit([this](const auto& each) { take(each); }, *event);
  }
  void act(std::uint8_t what, std::string_view text, SteadyTime now) {
    const std::string_view filters[] = {"a/#"};
    const RequestedFilter wanted[] = {{"a/+", QoS::at_least_once}};
    ++last_token;
    if (what % 4 == 0) (void)session.publish("topic", text, QoS::at_least_once, last_token, now);
    if (what % 4 == 1) (void)session.publish("topic", text, QoS::at_most_once, last_token, now);
    if (what % 4 == 2) (void)session.subscribe(wanted, last_token, now);
    if (what % 4 == 3) (void)session.unsubscribe(filters, last_token, now);
    FESCUE_ASSERT(session.in_flight() <= kWindow);
  }

  ClientSession session;
  Token last_token = 0;
};

template <class Session>
void feed(Session& session, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = session.prepare();
    const std::size_t step = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), step);
    session.commit(step);
    bytes.remove_prefix(step);
  }
}

template <class Side>
void run(Steps steps) {
  SteadyTime now = SteadyTime() + std::chrono::hours(1);
  Side side(now);
  auto& session = side.session;
  while (!steps.at_end()) {
    const std::uint8_t what = steps.byte();
    const std::uint8_t count = steps.byte();
    const bool was_closed = session.closed().has_value();
    session.output().clear();
    if (what < 160) {
      feed(session, steps.bytes(count));
      side.drain(now);
      FESCUE_ASSERT(!was_closed || session.output().empty());
    } else if (what < 200) {
      side.act(what, steps.bytes(count), now);
    } else if (what < 250) {
      now += std::chrono::seconds(count);
      session.on_time(now);
      FESCUE_ASSERT(session.deadline() > now);
    } else {
      session.close(CloseCause::stopping, "the fuzzer says so");
    }
    FESCUE_ASSERT(!was_closed || !session.connected());
    FESCUE_ASSERT(!session.closed() || session.deadline() == SteadyTime::max());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Steps steps(data + 1, size - 1);
  if (data[0] & 1) {
    run<Server>(steps);
  } else {
    run<Client>(steps);
  }
  return 0;
}
