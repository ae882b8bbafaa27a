// Recorder: the core around a function that runs by itself. Whatever the function publishes, invokes or asks for is
// written down in order, then answered: publishes are taken, shadows are kept here, the rest is answered as it was
// told (canned_answers.h), and what nobody told is refused as a core refuses it.
//
//   {"call": "publish", "topic": "a/b", "payload": {"x": 1}, "queue_full_policy": "BestEffort"}
//   {"call": "invoke", "function": "arn:...", "type": "RequestResponse", "client_context": {...}, "payload": ...}
//   {"call": "shadow", "operation": "update", "thing": "Thermostat", "payload": {...}}
//   {"call": "secret", "payload": {"SecretId": "database"}}
//
// A payload is JSON under "payload", else text under "payload_text", else base64 under "payload_base64"; an empty one
// is left out. What was refused has a "refused" with the reason.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/local_run/canned_answers.h"
#include "engine/ports/invoker.h"
#include "engine/ports/publisher.h"

namespace fescue {

/// More calls of one run are counted only.
inline constexpr std::size_t kMaxRecordedCalls = 10000;

class Recorder final : public Publisher, public Invoker {
 public:
  using Clock = std::function<std::int64_t()>;  // seconds since 1970

  Recorder(CannedAnswers answers, Clock clock) : answers_(std::move(answers)), clock_(std::move(clock)) {}

  Result<void> publish(Message message, QueueFullPolicy policy) override;
  Result<void> submit(Invocation invocation, ResultHandler done) override;

  const boost::json::array& calls() const { return calls_; }
  std::size_t left_out() const { return left_out_; }

 private:
  Result<InvocationResult> answer(const Invocation& invocation, boost::json::object& call);
  Result<InvocationResult> answer_function(const Invocation& invocation);
  Result<InvocationResult> answer_shadow(const Invocation& invocation, boost::json::object& call);
  std::string serve_shadow_of(const ThingName& thing, ShadowOperation operation, std::string_view payload);
  std::string answer_secret(std::string_view request) const;
  void keep(boost::json::object call);

  CannedAnswers answers_;
  Clock clock_;
  boost::json::array calls_;
  std::size_t left_out_ = 0;
};

/// Adds a payload to a record, as above.
void put_payload(boost::json::object& record, std::string_view payload);

}  // namespace fescue
