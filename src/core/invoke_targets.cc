// What answers an ARN: the group's functions, or a system service, as far as there is one.
#include "core/invoke_targets.h"

namespace fescue {

namespace {

constexpr std::string_view kNoShadows = R"({"code":501,"message":"Shadows are not available on this core yet"})";
constexpr std::string_view kNoSecrets = R"({"Status":501,"Message":"Secrets are not available on this core yet"})";

/// `GGShadowService` and `GGShadowService:1` are one.
bool names(const FunctionArn& target, const FunctionArn& service) { return target.unqualified() == service; }

}  // namespace

Result<void> InvokeTargets::submit(Invocation invocation, ResultHandler done) {
  if (!invocation.target.is_system()) return functions_.submit(std::move(invocation), std::move(done));
  const auto answer = [&](std::string_view body) {
    if (done) done({FunctionError::none, Payload(std::string(body))});
    return ok();
  };
  if (names(invocation.target, system_function::shadow)) return answer(kNoShadows);
  if (names(invocation.target, system_function::secret_manager)) return answer(kNoSecrets);
  return Error(Code::not_found, "there is no system function " + invocation.target.str());
}

}  // namespace fescue
