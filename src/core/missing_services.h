// The system services that this core does not have yet. They answer with the error body that SDKs expect of the real
// one (docs/compatibility/local-api.md#shadow-calls, docs/compatibility/local-api.md#secret-calls).
#pragma once

#include <string_view>

#include "engine/routing/service_registry.h"

namespace fescue {

/// Answers every invocation with one body, at once.
class MissingService final : public Invoker {
 public:
  explicit MissingService(std::string_view answer) : answer_(answer) {}
  Result<void> submit(Invocation invocation, ResultHandler done) override;

 private:
  std::string_view answer_;
};

class MissingServices {
 public:
  /// They give way to those that are there, whichever is added first.
  void add_to(ServiceRegistry& services);

 private:
  MissingService shadows_{R"({"code":501,"message":"Shadows are not available on this core yet"})"};
  MissingService secrets_{R"({"Status":501,"Message":"Secrets are not available on this core yet"})"};
};

}  // namespace fescue
