// Which ARN leads to a function and which to a service.
#include "engine/routing/service_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> targets_of(const TestInvoker& invoker) {
  std::vector<std::string> out;
  for (const Invocation& each : invoker.invocations) out.push_back(each.target.str());
  return out;
}

Result<void> invoke(Invoker& invoker, std::string_view arn) {
  Invocation invocation;
  invocation.target = FunctionArn::parse(arn).value();
  return invoker.submit(std::move(invocation), {});
}

TEST(ServiceRegistry, FindsServicesByTheirArnAndFunctionsByAnyOther) {
  TestInvoker functions, shadow;
  ServiceRegistry registry(functions);
  registry.add(system_function::shadow, shadow);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService:1"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:us-west-2:123456789012:function:Echo:3"));
  EXPECT_THAT(targets_of(shadow), ElementsAre(system_function::shadow.str(), system_function::shadow.str() + ":1"));
  EXPECT_THAT(targets_of(functions), ElementsAre("arn:aws:lambda:us-west-2:123456789012:function:Echo:3"));
}

TEST(ServiceRegistry, AStandInGivesWayWhicheverCameFirst) {
  TestInvoker functions, stand_in, shadow, secrets;
  ServiceRegistry registry(functions);
  registry.add(system_function::shadow, shadow);
  registry.add_stand_in(system_function::shadow, stand_in);
  registry.add_stand_in(system_function::secret_manager, stand_in);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGSecretManager"));
  registry.add(system_function::secret_manager, secrets);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGSecretManager:1"));
  EXPECT_THAT(targets_of(stand_in), ElementsAre(system_function::secret_manager.str()));
  EXPECT_EQ(shadow.invocations.size(), 1u);
  EXPECT_EQ(secrets.invocations.size(), 1u);
}

TEST(ServiceRegistry, RefusesASystemFunctionThatNobodyAdded) {
  TestInvoker functions;
  ServiceRegistry registry(functions);
  const auto refused = invoke(registry, "arn:aws:lambda:::function:GGSecretManager");
  EXPECT_EQ(refused.error().code(), Code::not_found);
  EXPECT_EQ(refused.error().message(), "there is no system function " + system_function::secret_manager.str());
  EXPECT_THAT(targets_of(functions), IsEmpty());
}

}  // namespace
}  // namespace fescue
