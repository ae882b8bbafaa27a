// The dispatcher carries a published message to its targets: table lookup, admission by all targets before any gets the
// message, delivery. What it drops it counts; the first drop of a (source, topic) and the first for a full target are
// reported.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "engine/ports/message_target.h"
#include "engine/ports/publisher.h"
#include "engine/ports/status_source.h"
#include "engine/routing/router.h"

namespace fescue {

struct DispatchCounters {
  std::uint64_t published = 0;  // messages that came in
  std::uint64_t delivered = 0;  // (message, target) pairs given to a target
  std::uint64_t no_route = 0;   // messages that no row matched
  std::uint64_t refused = 0;    // all_or_error messages for which a target had no room
  std::uint64_t reserved = 0;   // messages of functions and devices on reserved topics, refused
  std::uint64_t no_room = 0;    // best_effort (message, target) pairs dropped for want of room
};

class Dispatcher final : public Publisher, public StatusSource {
 public:
  /// Distinct (source, topic) pairs remembered; drops beyond them are still counted in the total.
  static constexpr std::size_t kMaxRememberedDrops = 1000;

  using DropObserver = std::function<void(const Endpoint& source, const Topic& topic)>;
  using FullObserver = std::function<void(const Endpoint& target, const Message& dropped)>;

  /// `on_first_drop` is called once for each remembered (source, topic) that had no route.
  explicit Dispatcher(DropObserver on_first_drop) : on_first_drop_(std::move(on_first_drop)) {}

  /// Targets of one kind; a kind without a target has no room for anything. `target` outlives the dispatcher.
  void set_target(EndpointKind kind, MessageTarget& target) { targets_[static_cast<std::size_t>(kind)] = &target; }
  bool has_target(EndpointKind kind) const { return targets_[static_cast<std::size_t>(kind)] != nullptr; }
  /// Called with the first message that a target has no room for, and not again until it had room for one.
  void on_full(FullObserver observer) { on_full_ = std::move(observer); }
  /// Called with each message that is refused because its topic is reserved (model/reserved_topics.h).
  void on_reserved(std::function<void(const Message& refused)> observer) { on_reserved_ = std::move(observer); }
  void set_table(std::shared_ptr<const RoutingTable> table);
  const std::shared_ptr<const RoutingTable>& table() const { return table_; }

  Result<void> publish(Message message, QueueFullPolicy policy) override;

  // StatusSource (dispatch_status.cc)
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;

  const DispatchCounters& counters() const { return counters_; }
  /// How often each remembered (source, topic) was dropped for want of a route, since the table was set.
  const std::map<std::pair<Endpoint, Topic>, std::uint64_t>& drops() const { return drops_; }

 private:
  MessageTarget* target_of(const Endpoint& end) const { return targets_[static_cast<std::size_t>(end.kind())]; }
  Result<void> check_reserved(const Message& message);
  bool has_room(const Endpoint& end, const Message& message) const;
  void drop(const Message& message);
  void drop_for(const Endpoint& target, const Message& message);

  std::shared_ptr<const RoutingTable> table_ = std::make_shared<const RoutingTable>();
  std::array<MessageTarget*, kEndpointKinds> targets_{};
  DropObserver on_first_drop_;
  FullObserver on_full_;
  std::function<void(const Message&)> on_reserved_;
  std::set<Endpoint> full_;  // targets that had no room for the last message
  DispatchCounters counters_;
  std::map<std::pair<Endpoint, Topic>, std::uint64_t> drops_;
};

}  // namespace fescue
