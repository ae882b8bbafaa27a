#include "engine/routing/service_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AnsweringTarget final : public Invoker {
 public:
  Result<void> submit(Invocation invocation, ResultHandler) override {
    targets.push_back(invocation.target.str());
    return ok();
  }
  std::vector<std::string> targets;
};

Result<void> invoke(Invoker& invoker, std::string_view arn) {
  Invocation invocation;
  invocation.target = FunctionArn::parse(arn).value();
  return invoker.submit(std::move(invocation), {});
}

TEST(ServiceRegistry, FindsServicesByTheirArnAndFunctionsByAnyOther) {
  AnsweringTarget functions, shadow;
  ServiceRegistry registry(functions);
  registry.add(system_function::shadow, shadow);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService:1"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:us-west-2:123456789012:function:Echo:3"));
  EXPECT_THAT(shadow.targets, ElementsAre(system_function::shadow.str(), system_function::shadow.str() + ":1"));
  EXPECT_THAT(functions.targets, ElementsAre("arn:aws:lambda:us-west-2:123456789012:function:Echo:3"));
}

TEST(ServiceRegistry, AStandInGivesWayWhicheverCameFirst) {
  AnsweringTarget functions, stand_in, shadow, secrets;
  ServiceRegistry registry(functions);
  registry.add(system_function::shadow, shadow);
  registry.add_stand_in(system_function::shadow, stand_in);
  registry.add_stand_in(system_function::secret_manager, stand_in);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGSecretManager"));
  registry.add(system_function::secret_manager, secrets);
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGShadowService"));
  EXPECT_TRUE(invoke(registry, "arn:aws:lambda:::function:GGSecretManager:1"));
  EXPECT_THAT(stand_in.targets, ElementsAre(system_function::secret_manager.str()));
  EXPECT_EQ(shadow.targets.size(), 1u);
  EXPECT_EQ(secrets.targets.size(), 1u);
}

TEST(ServiceRegistry, RefusesASystemFunctionThatNobodyAdded) {
  AnsweringTarget functions;
  ServiceRegistry registry(functions);
  const auto refused = invoke(registry, "arn:aws:lambda:::function:GGSecretManager");
  EXPECT_EQ(refused.error().code(), Code::not_found);
  EXPECT_EQ(refused.error().message(), "there is no system function " + system_function::secret_manager.str());
  EXPECT_THAT(functions.targets, IsEmpty());
}

}  // namespace
}  // namespace fescue
