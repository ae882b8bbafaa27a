// The ports that much is given, played by the test: they keep what they are given and answer as they are told.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/ports/invoker.h"
#include "engine/ports/publisher.h"

namespace fescue {

class TestInvoker final : public Invoker {
 public:
  Result<void> submit(Invocation invocation, ResultHandler handler) override {
    if (refusal) return *refusal;
    invocations.push_back(std::move(invocation));
    done = std::move(handler);
    if (answer && done) done(*answer);
    return ok();
  }

  std::optional<Error> refusal;
  std::optional<InvocationResult> answer;  // given at once; without one the caller waits
  std::vector<Invocation> invocations;
  ResultHandler done;  // of the last
};

class TestPublisher final : public Publisher {
 public:
  Result<void> publish(Message message, QueueFullPolicy policy) override {
    if (full && policy == QueueFullPolicy::all_or_error) return Error(Code::resource_exhausted, "full");
    messages.push_back(std::move(message));
    return ok();
  }

  bool full = false;
  std::vector<Message> messages;
};

}  // namespace fescue
