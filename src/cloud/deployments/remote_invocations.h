// RemoteInvocations: Lambda's Invoke, carried out by the core that runs the function (docs/core-protocol.md).
//
//   invoke() ── notice, by MQTT ──> the core take()s the request, by HTTPS
//            <── answer(), by HTTPS ── when the function is done
//
// A request is taken once: a notice that comes twice runs nothing twice. A core that does not take it in time is not
// there (unavailable). One that took it and was started anew since has lost it: the caller gets Lambda's form of a
// function that failed, which clients do not retry, for the function may have run.
//
// On the loop's thread. Nothing is kept over a restart: the callers have lost their connections then.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "mqtt_server/mqtt_server.h"
#include "sys/http/http.h"

namespace fescue::cloud {

struct RemoteInvocationLimits {
  std::size_t waiting = 1000;                     // callers
  std::size_t waiting_bytes = 128 * 1024 * 1024;  // of their payloads
  std::chrono::seconds until_taken{10};
  std::chrono::seconds until_answered{960};  // Lambda's longest timeout, and time to say so
};

class RemoteInvocations {
 public:
  RemoteInvocations(asio::io_context& io, MqttServer& broker, RemoteInvocationLimits limits = {});
  RemoteInvocations(const RemoteInvocations&) = delete;
  RemoteInvocations& operator=(const RemoteInvocations&) = delete;

  /// Begins to hear which cores were started anew.
  void start();

  /// Has `core` carry out `request` (core/admin/invoke_operation.h), gives its answer. Errors: unavailable (the core is
  /// not connected or does not react), timeout, resource_exhausted.
  Task<Result<HttpResponse>> invoke(ThingName core, HttpRequest request);

  /// The request, for the core that it is meant for; `instance` is that of its hello. Once.
  std::optional<HttpRequest> take(const std::vector<ThingName>& things, const InvocationId& id, std::string instance);
  /// Before the outcome has come: whether answer() would take it. Of the things that is held, one lives at a time for
  /// an invocation. Errors: not_found, unavailable (another outcome is on its way).
  Result<std::shared_ptr<const void>> await_outcome(const std::vector<ThingName>& things, const InvocationId& id);
  /// False: nobody waits for it (any more).
  bool answer(const std::vector<ThingName>& things, const InvocationId& id, HttpResponse response);

 private:
  struct Call {
    ThingName core;
    HttpRequest request;  // empty once it is taken
    std::optional<std::string> taker;
    std::optional<HttpResponse> response;
    std::weak_ptr<const void> outcome_on_its_way = {};
    asio::steady_timer changed;  // its expiry is the deadline; cancelled when there is a response
  };
  using Calls = std::map<InvocationId, std::shared_ptr<Call>>;

  Result<void> notify(const Call& call, const InvocationId& id);
  Task<Result<HttpResponse>> wait_for(std::shared_ptr<Call> call);
  Calls::iterator find(const std::vector<ThingName>& things, const InvocationId& id);
  void on_hello(const LocalMessage& message);

  asio::io_context& io_;
  MqttServer& broker_;
  RemoteInvocationLimits limits_;
  Calls calls_;
  std::size_t waiting_bytes_ = 0;
  SubscriptionHandle hellos_;
};

}  // namespace fescue::cloud
