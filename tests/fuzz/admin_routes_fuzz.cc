// Any request at the admin server is answered once, with JSON in its errors, and an Invoke that is carried out has a
// deployed target and a client context that runtimes can read. The input: read_request.h.
#include <cstddef>
#include <cstdint>

#include <boost/json.hpp>

#include "base/assert.h"
#include "core/admin/admin_routes.h"
#include "core/admin/function_names.h"
#include "core/admin/invoke_operation.h"
#include "tests/fakes/test_exchange.h"
#include "tests/fuzz/read_request.h"

namespace {

using namespace fescue;

const std::vector<FunctionArn>& deployed() {
  static const std::vector<FunctionArn> functions{
      FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Echo", "3"),
      FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Sum", "1"),
      FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Sum", "2")};
  return functions;
}

class Functions final : public Invoker {
 public:
  Result<void> submit(Invocation invocation, ResultHandler done) override {
    FESCUE_ASSERT(std::ranges::count(deployed(), invocation.target) == 1);
    FESCUE_ASSERT(base64_decode(invocation.client_context));
    if (done) done({FunctionError::none, invocation.payload});
    return ok();
  }
};

class View final : public AdminView {
 public:
  std::string status_json() const override { return "{}"; }
  std::string metrics_text() const override { return ""; }
  Explanation explain(const Endpoint& source, const Topic& topic) const override {
    return fescue::explain(table_, source, topic, {});
  }
  std::vector<FunctionArn> deployed() const override { return ::deployed(); }
  std::optional<FunctionView> function(const FunctionArn&) const override { return std::nullopt; }
  bool starting() const override { return false; }

 private:
  RoutingTable table_{{{"1", Endpoint::cloud(), *TopicFilter::parse("a/+/#"), Endpoint::function(::deployed()[0])},
                       {"2", Endpoint::function(::deployed()[0]), *TopicFilter::parse("b"), Endpoint::cloud()}}};
};

AdminRoutes& routes() {
  static Functions functions;
  static const View view;
  static AdminRoutes instance(view, {"/nonexistent"}, functions);
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto exchange = std::make_shared<TestExchange>(read_request({reinterpret_cast<const char*>(data), size}));
  routes().handle(exchange);
  FESCUE_ASSERT(exchange->answer);
  const HttpResponse& answer = *exchange->answer;
  FESCUE_ASSERT(answer.status >= 200 && answer.status < 500);
  if (answer.status >= 400) FESCUE_ASSERT(boost::json::parse(answer.body).is_object());
  return 0;
}
