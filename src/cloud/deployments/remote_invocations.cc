// Invocations that wait: told to the core, taken once, answered or lost with their core.
#include "cloud/deployments/remote_invocations.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "model/deployment.h"
#include "model/invocation.h"

namespace fescue::cloud {

namespace {

HttpResponse lost_with_its_core() {
  const InvocationResult failed = failed_result(
      FunctionError::unhandled, "The core was restarted while the function ran; whether it had finished is not known.");
  HttpResponse response = make_response(200, media_type::kJson, std::string(failed.payload.view()));
  response.headers.add("X-Amz-Function-Error", std::string(name_of(failed.error)));
  return response;
}

}  // namespace

RemoteInvocations::RemoteInvocations(asio::io_context& io, MqttServer& broker, RemoteInvocationLimits limits)
    : io_(io), broker_(broker), limits_(limits) {}

void RemoteInvocations::start() {
  hellos_ = broker_.subscribe(*TopicFilter::parse(hello_topic(ThingName("+"))),
                              [this](const LocalMessage& message) { on_hello(message); });
}

Task<Result<HttpResponse>> RemoteInvocations::invoke(ThingName core, HttpRequest request) {
  if (calls_.size() >= limits_.waiting || waiting_bytes_ + request.body.size() > limits_.waiting_bytes) {
    co_return Error(Code::resource_exhausted, "too many invocations wait for cores; try again later");
  }
  const InvocationId id(random_uuid());
  auto call = std::make_shared<Call>(Call{.core = std::move(core),
                                          .request = std::move(request),
                                          .taker = {},
                                          .response = {},
                                          .outcome_on_its_way = {},
                                          .changed = asio::steady_timer(io_)});
  call->changed.expires_after(limits_.until_taken);
  FESCUE_CO_CHECK(notify(*call, id));

  const std::size_t bytes = call->request.body.size();
  waiting_bytes_ += bytes;
  calls_.emplace(id, call);
  Result<HttpResponse> response = co_await wait_for(call);
  waiting_bytes_ -= bytes;
  calls_.erase(id);
  co_return response;
}

Result<void> RemoteInvocations::notify(const Call& call, const InvocationId& id) {
  FESCUE_TRY(topic, Topic::parse(invocation_notify_topic(call.core)));
  const Payload notice(to_json(InvocationNotice{id}));
  if (broker_.publish(topic, notice, mqtt::QoS::at_least_once) > 0) return ok();
  return Error(Code::unavailable, fmt::format("the core {} is not connected", call.core.view()));
}

Task<Result<HttpResponse>> RemoteInvocations::wait_for(std::shared_ptr<Call> call) {
  while (!call->response && call->changed.expiry() > steady_now()) {
    co_await call->changed.async_wait(use_result);  // a new deadline, or a response, ends the wait
  }
  if (call->response) co_return std::move(*call->response);
  if (!call->taker) {
    co_return Error(Code::unavailable, fmt::format("the core {} did not take the invocation within {} seconds",
                                                   call->core.view(), limits_.until_taken.count()));
  }
  co_return Error(Code::timeout, fmt::format("the core {} has not answered for {} seconds", call->core.view(),
                                             limits_.until_answered.count()));
}

RemoteInvocations::Calls::iterator RemoteInvocations::find(const std::vector<ThingName>& things,
                                                           const InvocationId& id) {
  const auto found = calls_.find(id);
  const bool theirs = found != calls_.end() && std::ranges::find(things, found->second->core) != things.end();
  return theirs ? found : calls_.end();
}

std::optional<HttpRequest> RemoteInvocations::take(const std::vector<ThingName>& things, const InvocationId& id,
                                                   std::string instance) {
  const auto found = find(things, id);
  if (found == calls_.end() || found->second->taker) return std::nullopt;
  Call& call = *found->second;
  call.taker = std::move(instance);
  call.changed.expires_after(limits_.until_answered);
  return std::move(call.request);
}

Result<std::shared_ptr<const void>> RemoteInvocations::await_outcome(const std::vector<ThingName>& things,
                                                                     const InvocationId& id) {
  const auto found = find(things, id);
  if (found == calls_.end() || !found->second->taker || found->second->response) {
    return Error(Code::not_found, "there is no such invocation any more for this core");
  }
  if (!found->second->outcome_on_its_way.expired()) {
    return Error(Code::unavailable, "the outcome of this invocation is on its way already");
  }
  std::shared_ptr<const void> hold = std::make_shared<int>();
  found->second->outcome_on_its_way = hold;
  return hold;
}

bool RemoteInvocations::answer(const std::vector<ThingName>& things, const InvocationId& id, HttpResponse response) {
  const auto found = find(things, id);
  if (found == calls_.end() || !found->second->taker || found->second->response) return false;
  found->second->response = std::move(response);
  found->second->changed.cancel();
  return true;
}

void RemoteInvocations::on_hello(const LocalMessage& message) {
  const auto hello = parse_hello(message.payload.view());
  if (!hello || hello->instance.empty()) return;
  const ThingName core = core_of(message.topic);
  for (auto& [id, call] : calls_) {
    if (call->core != core || !call->taker || *call->taker == hello->instance) continue;
    if (call->response) continue;
    call->response = lost_with_its_core();
    call->changed.cancel();
  }
}

}  // namespace fescue::cloud
