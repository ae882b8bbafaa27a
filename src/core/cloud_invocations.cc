// One task for each notice: fetch, run, offer the answer until it is taken or unwanted.
#include "core/cloud_invocations.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/admin/invoke_operation.h"
#include "model/limits.h"
#include "sys/loop/event.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxRefusal = 4 * 1024;
constexpr std::chrono::milliseconds kExchangeTimeout{60000};

std::string path_of(const InvocationId& id) { return "/core/v1/invocations/" + percent_encode(id.view()); }

HttpClientOptions exchange_options(std::size_t max_body) {
  HttpClientOptions options;
  options.timeout = kExchangeTimeout;
  options.max_body_bytes = max_body;
  return options;
}

HttpRequest answer_request(const InvocationId& id, HttpResponse outcome) {
  HttpRequest request{"POST", path_of(id), std::move(outcome.headers), std::move(outcome.body)};
  request.headers.add("Fescue-Status", std::to_string(outcome.status));
  return request;
}

}  // namespace

CloudInvocations::CloudInvocations(asio::io_context& io, CloudInvocationsOptions options,
                                   std::shared_ptr<TlsContext> tls, FunctionService& functions, CloudLink& link)
    : io_(io),
      options_(std::move(options)),
      client_(options_.address.host, options_.address.port, std::move(tls)),
      functions_(functions),
      tasks_(io) {
  link.subscribe(TopicFilter::parse(invocation_notify_topic(options_.core)).value(),
                 parsed_by(parse_invocation_notice, [this](const InvocationNotice& notice) { take(notice); }));
}

void CloudInvocations::take(const InvocationNotice& notice) {
  if (tasks_.size() >= options_.max_under_way) {
    return log::warn("Too many invocations from the cloud are under way. Discarding one.",
                     {{"invocationId", notice.invocation.str()}});
  }
  tasks_.spawn("invocation from the cloud", carry_out(notice.invocation));
}

Task<void> CloudInvocations::stop() {
  tasks_.stop();
  co_await tasks_.join();
}

Task<void> CloudInvocations::carry_out(InvocationId id) {
  auto request = co_await fetch(id);
  if (!request) {
    log::warn("Cannot fetch an invocation from the cloud.",
              {{"invocationId", id.str()}, {"errorString", request.error().message()}});
    co_return;
  }
  HttpResponse outcome = co_await run(std::move(*request));
  const auto offered = co_await offer(id, std::move(outcome));
  if (!offered) {
    log::warn("The cloud did not take the outcome of an invocation.",
              {{"invocationId", id.str()}, {"errorString", offered.error().message()}});
  }
}

Task<Result<HttpRequest>> CloudInvocations::fetch(InvocationId id) {
  HttpRequest get{"GET", path_of(id), {}, ""};
  get.headers.add("Fescue-Instance", options_.instance);
  const HttpClientOptions options = exchange_options(kMaxInvocationPayload);
  FESCUE_CO_TRY(response, co_await client_.exchange(std::move(get), options));
  if (response.status != 200) {
    co_return Error(Code::not_found,
                    fmt::format("the control plane answered {}: {}", response.status, response.body.substr(0, 200)));
  }
  HttpRequest request{"POST", std::string(response.headers.get("Fescue-Target")), {}, std::move(response.body)};
  request.headers = std::move(response.headers);
  co_return request;
}

Task<HttpResponse> CloudInvocations::run(HttpRequest request) {
  auto invoke = take_lambda_invoke(request);
  if (!invoke) co_return HttpResponse{500, {}, "{}"};  // a control plane of another kind
  const Arrival<HttpResponse> outcome(io_);
  invoke_lambda(functions_, functions_.deployed(), std::move(*invoke), outcome.callback());
  auto response = co_await outcome.wait();
  // Without a response the task is being cancelled, and its next wait ends it.
  co_return std::move(response).value_or(HttpResponse{});
}

Task<Result<void>> CloudInvocations::offer(InvocationId id, HttpResponse outcome) {
  const HttpRequest post = answer_request(id, std::move(outcome));
  const HttpClientOptions options = exchange_options(kMaxRefusal);
  asio::steady_timer pause(io_);
  for (int offers = 1;; ++offers) {
    auto response = co_await client_.exchange(post, options);
    if (response && response->status < 500) {
      if (response->status < 300) co_return ok();
      co_return Error(Code::not_found, fmt::format("it answered {}: {}", response->status, response->body));
    }
    const Error refused =
        response ? Error(Code::unavailable, fmt::format("it answered {}", response->status)) : response.error();
    if (offers == options_.max_offers) co_return refused;
    pause.expires_after(
        backoff_pause(static_cast<std::uint64_t>(offers), options_.first_pause, std::chrono::milliseconds::max()));
    co_await pause.async_wait(use_result);
  }
}

}  // namespace fescue
